package dev.synthorax.client;

/**
 * Hears what became of the images of a {@link ReadingStream}: of each once, as it is ready.
 *
 * <p><b>Threading:</b> on the channel's threads, one image of a stream at a time; while it works no
 * further answer is fetched. What it throws ends the stream.
 *
 * @param <A> the answer
 */
public interface ReadingListener<A> {
  /**
   * An image was read.
   *
   * @param requestId that it was sent with
   */
  void answered(String requestId, A answer);

  /**
   * An image was not read; the stream goes on.
   *
   * @param requestId that it was sent with
   */
  void failed(String requestId, SynthoraxException failure);
}
