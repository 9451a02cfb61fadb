package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that is not there, or is none. */
final class CudaLibraryTest {
  private @Nullable String before;

  @BeforeEach
  void remember() {
    before = System.getProperty(CudaLibrary.PROPERTY);
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(CudaLibrary.PROPERTY);
    } else {
      System.setProperty(CudaLibrary.PROPERTY, before);
    }
  }

  @Test
  void open_missingLibrary_saysWhatToInstall() {
    assertUnsupported(
        "/none/libcuda.so.1",
        "CUDA: libcuda.so.1 does not load (expected: a GPU's driver; install NVIDIA's driver 525 or"
            + " newer; in a container, map the host's in)");
  }

  @Test
  void open_libraryWithoutAFunction_namesIt() {
    assertUnsupported(
        "libc.so.6",
        "CUDA: the driver lacks cuInit (expected: a newer one; install NVIDIA's driver 525 or"
            + " newer; in a container, map the host's in)");
  }

  private static void assertUnsupported(String library, String message) {
    System.setProperty(CudaLibrary.PROPERTY, library);

    assertThatThrownBy(CudaDriver::open)
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessage(message);
  }
}
