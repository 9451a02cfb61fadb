package dev.synthorax.client.augment;

import dev.synthorax.client.generation.GenerationListener;

/**
 * Hears how far an augment job is.
 *
 * <p><b>Threading:</b> any thread, several at once; must not block.
 */
public interface AugmentListener extends GenerationListener {
  /** Says that {@code done} of {@code total} images were rehearsed. */
  void rehearsed(int done, int total);

  /** Says that an image was not taken and is made again. */
  void rejected(String id, String reason);

  /** Says that an image cannot be made and is left out. */
  void skipped(String id, String reason);

  /**
   * Says that images are there and the datasets are being written: {@code done} of {@code total}.
   */
  void written(int done, int total);
}
