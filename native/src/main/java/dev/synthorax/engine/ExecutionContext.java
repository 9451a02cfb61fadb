package dev.synthorax.engine;

import java.util.List;

/**
 * Runs a plan at fixed shapes, from and into buffers that never move. A backend may record its work
 * once and replay it.
 *
 * <p><b>Ownership:</b> owns its buffers and bindings; borrows its plan. A buffer that it gives
 * lives as long as the context; closed only once no enqueued work uses it.
 *
 * <p><b>Threading:</b> one thread at a time, {@link #close()} included.
 */
public interface ExecutionContext extends AutoCloseable {
  /** Inputs in the graph's order, every dim known. */
  List<TensorSpec> inputs();

  /** Outputs in the graph's order, every dim known. */
  List<TensorSpec> outputs();

  /** First dim of the inputs that had a dynamic one when the graph was loaded; 1 if none had. */
  int rows();

  /**
   * The bound buffer of an input or output: native order, row-major, exactly {@link
   * TensorSpec#byteSize()} bytes. Zero at first.
   *
   * @throws IllegalArgumentException if the graph has no input or output of that name
   */
  DeviceBuffer buffer(String name);

  /**
   * Enqueues one run of the graph: inputs are read and outputs written in the stream's order.
   *
   * @param stream of the plan's device
   * @throws IllegalArgumentException if the stream is another device's
   * @throws InferenceException {@code BACKEND_FAILURE} with the library's own message; on a device
   *     perhaps later, see {@link DeviceStream}
   */
  void enqueue(DeviceStream stream);

  @Override
  void close();
}
