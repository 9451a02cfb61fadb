package dev.synthorax.engine;

/**
 * Work of one device in the order in which it was enqueued. A host stream runs each piece at once,
 * before the call returns; a device's stream returns early, and the buffers that a piece uses must
 * stay as they are until {@link #synchronize} or a {@link DeviceFence} says that it is done.
 *
 * <p>A piece that fails throws {@link InferenceException} {@code BACKEND_FAILURE} from the call
 * that meets it: the one that enqueued it, or on a device at the latest {@link #synchronize} or
 * {@link DeviceFence#await}.
 *
 * <p><b>Ownership:</b> owns its native queue; borrows every buffer and fence until the work that
 * uses them is done; closed before its backend.
 *
 * <p><b>Threading:</b> one thread at a time, {@link #close()} included. After it every call throws
 * {@link IllegalStateException}.
 */
public interface DeviceStream extends AutoCloseable {

  /** Where the work runs. */
  Device device();

  /**
   * Enqueues a copy between buffers of this device and host memory, in any direction.
   *
   * @param to of the same size, not overlapping {@code from}
   * @throws IllegalArgumentException if the sizes differ
   * @throws IllegalStateException if an owner of a buffer is closed, or a buffer lies where this
   *     stream cannot reach it
   */
  void copy(DeviceBuffer from, DeviceBuffer to);

  /** Enqueues that every byte becomes 0; as {@link #copy}. */
  void zero(DeviceBuffer buffer);

  /**
   * Marks this point of the stream: the fence is passed when all work enqueued so far is done. A
   * mark that the fence had before is forgotten.
   *
   * @param fence of this stream's device
   */
  void record(DeviceFence fence);

  /**
   * Work enqueued from here on starts after the fence's mark is passed; blocks nobody. A fence that
   * was never recorded holds nothing back.
   *
   * @param fence of any device of the same backend
   */
  void waitFor(DeviceFence fence);

  /**
   * Blocks until all work enqueued so far is done.
   *
   * @throws InferenceException {@code BACKEND_FAILURE} if a piece failed
   */
  void synchronize();

  /** Waits for what is enqueued, then frees the queue. Idempotent. */
  @Override
  void close();
}
