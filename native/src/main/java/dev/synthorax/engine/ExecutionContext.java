package dev.synthorax.engine;

import java.lang.foreign.MemorySegment;

/**
 * Runs a plan at one fixed row count, from and into buffers that never move.
 *
 * <p><b>Ownership:</b> owns its buffers and bindings; borrows its plan. A segment it gives lives as
 * long as the context.
 *
 * <p><b>Threading:</b> one thread at a time; {@link #run()} blocks until the outputs are written.
 */
public interface ExecutionContext extends AutoCloseable {
  /** First dim of every dynamic input and output. */
  int rows();

  /**
   * The bound buffer of an input: native order, row-major, exactly {@link TensorSpec#byteSize()}
   * bytes at this row count.
   *
   * @throws IllegalArgumentException if the graph has no such input
   */
  MemorySegment input(String name);

  /**
   * The bound buffer of an output; as {@link #input}.
   *
   * @throws IllegalArgumentException if the graph has no such output
   */
  MemorySegment output(String name);

  /**
   * Runs the graph once.
   *
   * @throws InferenceException {@code BACKEND_FAILURE} with the library's own message
   */
  void run();

  @Override
  void close();
}
