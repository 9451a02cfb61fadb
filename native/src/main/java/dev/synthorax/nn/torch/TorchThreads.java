package dev.synthorax.nn.torch;

import org.bytedeco.openblas.presets.openblas_full;
import org.bytedeco.pytorch.global.torch;

/**
 * How many threads libtorch computes with, for the whole process.
 *
 * <p>OpenBLAS, which multiplies libtorch's matrices, has threads of its own that spin while they
 * wait; beside libtorch's they cost more than they give, so they are always switched off here.
 * OpenMP's threads wait for each other at the end of each operation: with more threads than free
 * cores, one thread is faster than two.
 */
public final class TorchThreads {

  private TorchThreads() {}

  /**
   * Sets the number of threads.
   *
   * @param threads at least 1; at most the free cores
   */
  public static void use(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
    }
    torch.set_num_threads(threads);
    openblas_full.blas_set_num_threads(1);
  }
}
