package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels through NVIDIA's own compiler, which needs no GPU and no driver. */
@Tag("gpu-compile")
final class KernelCompileTest {
  private static final int MACHINE_AT = 18; // in an ELF file's header
  private static final short CUDA = 190;

  @TempDir static Path folder;
  private static Nvrtc nvrtc;

  @BeforeAll
  static void open() {
    nvrtc = NvrtcLibrary.open(folder);
    System.out.println("NVRTC " + nvrtc.version());
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90, 100})
  void compile_everyKernel_isCodeForTheDevice(int computeCapability) {
    var options = KernelCompiler.options(computeCapability);
    for (Kernel kernel : Kernel.values()) {
      byte[] cubin = nvrtc.compile(kernel.file(), kernel.source(), options);

      var header = ByteBuffer.wrap(cubin).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(header.getInt(0)).as("ELF").isEqualTo(0x464c457f);
      assertThat(header.getShort(MACHINE_AT)).as("CUDA's machine").isEqualTo(CUDA);
      String text = new String(cubin, StandardCharsets.ISO_8859_1);
      assertThat(text).contains(".text." + kernel.function() + '\0');
      System.out.printf(
          "sm_%d %-8s %6d bytes%n", computeCapability, kernel.function(), cubin.length);
    }
  }

  @Test
  void compile_deviceOfNobody_isOneSentence() {
    assertThatThrownBy(
            () -> nvrtc.compile("grey.cu", Kernel.GREY.source(), KernelCompiler.options(12)))
        .isInstanceOf(InferenceException.class)
        .hasMessageMatching("NVRTC 1[23]\\.\\d+ does not know --gpu-architecture=sm_12 \\(.*\\)")
        .extracting("reason")
        .isEqualTo(ErrorReason.UNSUPPORTED);
  }

  @Test
  void compile_brokenCode_isTheFirstErrorInOneLine() {
    assertThatThrownBy(
            () ->
                nvrtc.compile("broken.cu", "int one = ;\nint two = ;", KernelCompiler.options(90)))
        .isInstanceOf(InferenceException.class)
        .hasMessageMatching("NVRTC .*: broken.cu does not compile: broken.cu\\(1\\): error: .*")
        .extracting("reason")
        .isEqualTo(ErrorReason.BACKEND_FAILURE);
  }
}
