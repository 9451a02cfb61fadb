package dev.synthorax.client.generation;

/**
 * Hears how far images are.
 *
 * <p><b>Threading:</b> any thread, several at once; must not block.
 */
public interface GenerationListener {
  /**
   * Says that {@code stepsDone} of about {@code stepsTotal} denoising steps are done; requests that
   * no server has accepted yet count like those accepted.
   */
  void steps(int stepsDone, int stepsTotal);

  /**
   * Says that an image is kept, the {@code done}-th of {@code total}.
   *
   * @param what it was made from, for people; may be empty
   * @param reused whether it was there before this run
   */
  void made(String id, String what, int done, int total, boolean reused);

  /** Passes on a sentence for people. */
  void warned(String warning);
}
