package dev.synthorax.engine;

/**
 * Memory that outlives any one plan, such as the latents of the images under way: one allocation,
 * handed out in {@linkplain DeviceBuffer#slice slices} by who opened it.
 *
 * <p><b>Ownership:</b> owns its bytes; closed before its backend, and only once no enqueued work
 * uses them.
 *
 * <p><b>Threading:</b> any thread may read; {@link #close()} from any one.
 */
public interface DeviceMemory extends AutoCloseable {

  /** All of it, 64-byte aligned; zero at first. */
  DeviceBuffer buffer();

  /** Frees the bytes. Idempotent. */
  @Override
  void close();
}
