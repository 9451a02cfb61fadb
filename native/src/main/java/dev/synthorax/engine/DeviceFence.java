package dev.synthorax.engine;

/**
 * A point in a {@link DeviceStream} that other streams and threads can wait for; recorded again and
 * again, so that a step allocates nothing.
 *
 * <p><b>Ownership:</b> owns its native event; closed before its backend, and only once no stream
 * waits for it.
 *
 * <p><b>Threading:</b> any thread may ask and wait; recorded by one stream at a time. After {@link
 * #close()} every call throws {@link IllegalStateException}.
 */
public interface DeviceFence extends AutoCloseable {

  /** Whether the work before the last mark is done; true where there is no mark. Never blocks. */
  boolean passed();

  /**
   * Blocks until the work before the last mark is done.
   *
   * @throws InferenceException {@code BACKEND_FAILURE} if a piece failed
   */
  void await();

  /** Idempotent. */
  @Override
  void close();
}
