package dev.synthorax.server.scheduler;

import dev.synthorax.engine.DeviceBuffer;

/**
 * One image's state on the device that its network runs on: latents, history, and what it is to
 * show.
 *
 * <p><b>Ownership:</b> its memory is its executor's; it is given back by {@link #close}, once.
 *
 * <p><b>Threading:</b> handed from the step loop to the decoder, one thread at a time; {@link
 * #close} on any.
 */
public interface LatentSlot extends AutoCloseable {
  /** Latents, float32, row-major; final once the image's last step is done. */
  DeviceBuffer latents();

  /** Gives the slot back. Idempotent. */
  @Override
  void close();
}
