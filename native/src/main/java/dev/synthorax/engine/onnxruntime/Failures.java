package dev.synthorax.engine.onnxruntime;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a failure of ONNX Runtime's stands for; it comes as text alone. */
final class Failures {

  /** How it says that memory ran out: its arena, CUDA, cuBLAS, cuDNN, the C++ library. */
  private static final List<String> NO_MEMORY =
      List.of(
          "Failed to allocate memory",
          "out of memory",
          "CUBLAS_STATUS_ALLOC_FAILED",
          "CUDNN_STATUS_ALLOC_FAILED",
          "bad_alloc");

  /** How it says that it knows an operator, but not for these element types. */
  private static final String NO_KERNEL = "Could not find an implementation";

  /** How it says what a library of NVIDIA's answered; what stands around it is of its sources. */
  private static final Pattern ANSWER =
      Pattern.compile("(CUDA|CUDNN|CUDNN_FE|CUBLAS|CUFFT) failure \\d+: [^;]*[^; ]");

  /** What a message begins with where another library than the main one failed: its source. */
  private static final Pattern SOURCE = Pattern.compile("^/.*?(?=\\[ONNXRuntimeError])");

  private Failures() {}

  /**
   * The failure in one line.
   *
   * @param otherwise the reason where the text names none
   * @param what failed
   */
  static InferenceException of(ErrorReason otherwise, String what, RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher answer = ANSWER.matcher(message);
    boolean answered = answer.find();
    ErrorReason reason = otherwise;
    if (failure instanceof InferenceException ours) {
      reason = ours.reason();
    } else if (NO_MEMORY.stream().anyMatch(message::contains)) {
      reason = ErrorReason.OUT_OF_MEMORY;
    } else if (answered) {
      reason = ErrorReason.BACKEND_FAILURE;
    } else if (message.contains(NO_KERNEL)) {
      reason = ErrorReason.UNSUPPORTED;
    }
    String brief = answered ? answer.group() : SOURCE.matcher(message).replaceFirst("");
    return new InferenceException(reason, what + ": " + Messages.oneLine(brief), failure);
  }
}
