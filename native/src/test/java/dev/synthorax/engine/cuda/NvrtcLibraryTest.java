package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where the compiler is missing or is none. */
final class NvrtcLibraryTest {
  private final @Nullable String before = System.getProperty(NvrtcLibrary.PROPERTY);

  @TempDir Path folder;

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(NvrtcLibrary.PROPERTY);
    } else {
      System.setProperty(NvrtcLibrary.PROPERTY, before);
    }
  }

  private String refusal(String library) {
    System.setProperty(NvrtcLibrary.PROPERTY, library);
    var failure = catchThrowableOfType(InferenceException.class, () -> NvrtcLibrary.open(folder));
    assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
    return String.valueOf(failure.getMessage());
  }

  @Test
  void open_namedFileThatIsMissing_saysWhich() {
    assertThat(refusal(folder.resolve("libnvrtc.so.13").toString()))
        .isEqualTo("libnvrtc.so.13 does not load (expected: CUDA's NVRTC for this machine)");
  }

  @Test
  void open_libraryOfSomethingElse_saysWhatItLacks() {
    String zip = Path.of(System.getProperty("java.home"), "lib", "libzip.so").toString();

    assertThat(refusal(zip))
        .isEqualTo("NVRTC lacks nvrtcVersion (expected: that of CUDA 12 or 13)");
  }
}
