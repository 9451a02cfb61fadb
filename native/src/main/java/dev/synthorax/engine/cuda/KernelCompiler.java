package dev.synthorax.engine.cuda;

import dev.synthorax.engine.InferenceException;
import java.util.List;

/** What makes a device's code of a kernel's. */
interface KernelCompiler {
  /** Of the compiler, such as {@code 13.1}. */
  String version();

  /**
   * Compiles one file, which may include {@link Kernel#headers}.
   *
   * @param file its name, for messages
   * @param options as {@link #options}, the device first
   * @return code for that kind of device alone, a CUBIN
   * @throws InferenceException {@code UNSUPPORTED} if this version knows no such device; {@code
   *     BACKEND_FAILURE} with the compiler's first error if it refuses the code
   */
  byte[] compile(String file, String source, List<String> options);

  /**
   * What all kernels are compiled with: no product is fused with a sum, so that numbers are those
   * that the host computes.
   *
   * @param computeCapability 90 for {@code sm_90}
   */
  static List<String> options(int computeCapability) {
    return List.of("--gpu-architecture=sm_" + computeCapability, "--fmad=false", "--std=c++17");
  }
}
