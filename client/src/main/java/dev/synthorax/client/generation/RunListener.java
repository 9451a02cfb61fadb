package dev.synthorax.client.generation;

/**
 * Hears how far a run is.
 *
 * <p><b>Threading:</b> one call at a time, on any thread; must not block.
 */
public interface RunListener {
  /**
   * Says that {@code stepsDone} of {@code stepsTotal} denoising steps are done, over all images
   * accepted so far.
   */
  void steps(int stepsDone, int stepsTotal);

  /** Gives a finished image, the {@code done}-th of {@code total}. */
  void made(MadeImage image, int done, int total);

  /** Passes on a sentence of the server for people. */
  void warned(String warning);
}
