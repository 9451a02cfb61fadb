package dev.synthorax.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts as ONNX Runtime 1.24 writes them. */
class FailuresTest {

  private static final String BEFORE =
      "/home/build/onnxruntime/core/providers/cuda/cuda_call.cc:129 std::conditional_t<THRW>"
          + " onnxruntime::CudaCall(ERRTYPE, const char*) [with ERRTYPE = cudaError]"
          + " /home/build/cuda_call.cc:121 onnxruntime::CudaCall(ERRTYPE) ";

  private static final String AFTER =
      " ; GPU=0 ; hostname=host ; file=/home/build/cuda_allocator.cc ; line=48 ;"
          + " expr=cudaMalloc(p);\n";

  @ParameterizedTest
  @CsvSource({
    "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version,"
        + " BACKEND_FAILURE",
    "CUDA failure 700: an illegal memory access was encountered, BACKEND_FAILURE",
    "CUDA failure 2: out of memory, OUT_OF_MEMORY",
    "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED, OUT_OF_MEMORY",
    "CUDNN failure 4000: CUDNN_STATUS_INTERNAL_ERROR, BACKEND_FAILURE",
  })
  void of_answerOfNvidia_isTheAnswerAlone(String answer, ErrorReason reason) {
    InferenceException failure =
        Failures.of(
            ErrorReason.MODEL_FAILED, "unet.onnx", new RuntimeException(BEFORE + answer + AFTER));

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessage("unet.onnx: " + answer);
  }

  @Test
  void of_arenaThatIsFull_isOutOfMemory() {
    InferenceException failure =
        Failures.of(
            ErrorReason.BACKEND_FAILURE,
            "ONNX Runtime",
            new RuntimeException(
                "Non-zero status code returned while running Conv node. Name:'Conv_3' Status"
                    + " Message: /home/build/bfc_arena.cc:359 void*"
                    + " onnxruntime::BFCArena::AllocateRawInternal(size_t) Failed to allocate"
                    + " memory for requested buffer of size 4194304\n"));

    assertThat(failure.reason()).isEqualTo(ErrorReason.OUT_OF_MEMORY);
    assertThat(failure.getMessage()).contains("buffer of size 4194304").hasLineCount(1);
  }

  @Test
  void of_failureOfALibrary_saysNothingOfItsSources() {
    InferenceException failure =
        Failures.of(
            ErrorReason.MODEL_FAILED,
            "unet.onnx",
            new RuntimeException(
                "/home/build/provider_bridge_ort.cc:1989 onnxruntime::Provider&"
                    + " onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : no"
                    + " such library"));

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(failure).hasMessage("unet.onnx: [ONNXRuntimeError] : 1 : FAIL : no such library");
  }

  @Test
  void of_operatorWithoutAKernel_isUnsupported() {
    InferenceException failure =
        Failures.of(
            ErrorReason.MODEL_FAILED,
            "unet.onnx",
            new RuntimeException("Could not find an implementation for Conv(22) node"));

    assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
  }
}
