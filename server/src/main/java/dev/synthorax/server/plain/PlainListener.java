package dev.synthorax.server.plain;

/**
 * Hears what became of a request: one of its methods is called, once.
 *
 * <p><b>Threading:</b> on a thread of the model, or on the one that asked, cancelled or closed,
 * perhaps before {@link PlainModel#infer} returns; must not block.
 */
public interface PlainListener {
  /**
   * The outputs are there.
   *
   * @param answer the listener's to close, once its bytes are sent
   */
  void answered(PlainAnswer answer);

  /**
   * There will be no answer.
   *
   * @param failure a {@link dev.synthorax.engine.InferenceException} or a {@link
   *     dev.synthorax.server.failure.ServerException}
   */
  void failed(RuntimeException failure);
}
