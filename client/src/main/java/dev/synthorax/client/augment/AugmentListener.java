package dev.synthorax.client.augment;

/**
 * Hears how far an augment job is.
 *
 * <p><b>Threading:</b> any thread, several at once; must not block.
 */
public interface AugmentListener {
  /** Says that {@code done} of {@code total} images were rehearsed. */
  void rehearsed(int done, int total);

  /**
   * Says that an image is there, the {@code done}-th of {@code total}.
   *
   * @param reused whether it was there before this run
   */
  void made(String id, int done, int total, boolean reused);

  /** Says that an image was not taken and is made again. */
  void rejected(String id, String reason);

  /** Says that an image cannot be made and is left out. */
  void skipped(String id, String reason);

  /**
   * Says that images are there and the datasets are being written: {@code done} of {@code total}.
   */
  void written(int done, int total);

  /** Passes on a sentence for people. */
  void warned(String warning);
}
