package dev.synthorax.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import org.junit.jupiter.api.Test;

class OnnxRuntimeCudaBackendTest {
  private static final String DRIVER = "dev.synthorax.cuda.library";

  @Test
  @SuppressWarnings("MustBeClosedChecker") // nothing opens
  void open_withoutADriver_isOneSentenceThatNamesIt() {
    String before = System.setProperty(DRIVER, "/nowhere/libcuda.so.1");
    try {
      var failure =
          catchThrowableOfType(
              InferenceException.class, () -> Backends.open(OnnxRuntimeCudaBackend.NAME));

      assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
      assertThat(failure.getMessage()).contains("libcuda.so.1 does not load").hasLineCount(1);
    } finally {
      if (before == null) {
        System.clearProperty(DRIVER);
      } else {
        System.setProperty(DRIVER, before);
      }
    }
  }

  @Test
  void requireVersion_driverOlderThanTheRuntime_saysWhatToInstall() {
    var failure =
        catchThrowableOfType(
            InferenceException.class, () -> OnnxRuntimeCudaBackend.requireVersion("12.9"));

    assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
    assertThat(failure)
        .hasMessage(
            "the driver is CUDA 12.9's (expected: 13.0 or newer; install NVIDIA's"
                + " driver 580 or newer)");
    OnnxRuntimeCudaBackend.requireVersion("13.0");
    OnnxRuntimeCudaBackend.requireVersion("14.1");
  }

  @Test
  void options_anyDevice_keepAllBitsOfFp32AndChooseNoAlgorithmByTrial() {
    assertThat(CudaPlacement.options(new Device(Device.Kind.GPU, 3, "test")))
        .containsEntry("device_id", "3")
        .containsEntry("use_tf32", "0")
        .containsEntry("cudnn_conv_algo_search", "HEURISTIC")
        .doesNotContainKey("enable_cuda_graph");
  }
}
