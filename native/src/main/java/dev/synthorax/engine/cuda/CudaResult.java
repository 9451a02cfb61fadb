package dev.synthorax.engine.cuda;

import dev.synthorax.engine.ErrorReason;
import java.util.Set;

/**
 * What the numbers that driver calls return mean here.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html">CUresult</a>
 */
final class CudaResult {
  static final int SUCCESS = 0;
  static final int INVALID_VALUE = 1;
  static final int OUT_OF_MEMORY = 2;
  static final int NO_DEVICE = 100;
  static final int NOT_READY = 600;

  private static final int FIRST_OF_CAPTURE = 900;
  private static final int LAST_OF_CAPTURE = 908;

  /**
   * After one of these the device's context answers nothing else: memory errors of the device and
   * of its links, and kernels that went wrong.
   */
  private static final Set<Integer> STICKY =
      Set.of(214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999);

  private CudaResult() {}

  static boolean isSticky(int result) {
    return STICKY.contains(result);
  }

  /** The reason that a failed call stands for. */
  static ErrorReason reason(int result) {
    if (isSticky(result)) {
      return ErrorReason.DEVICE_LOST;
    }
    if (result == OUT_OF_MEMORY) {
      return ErrorReason.OUT_OF_MEMORY;
    }
    return result >= FIRST_OF_CAPTURE && result <= LAST_OF_CAPTURE
        ? ErrorReason.UNSUPPORTED
        : ErrorReason.BACKEND_FAILURE;
  }
}
