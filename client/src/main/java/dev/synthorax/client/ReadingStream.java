package dev.synthorax.client;

import java.util.function.Function;

/**
 * Many images on one call, from {@link ReadingClient}; not tried again, and without a deadline. The
 * caller closes it.
 *
 * <p><b>Ownership:</b> owns its call. <b>Threading:</b> one thread sends and closes.
 *
 * @param <S> what is asked of an image
 */
public final class ReadingStream<S> implements AutoCloseable {
  private final Sender<S, ?> sender;
  private boolean finished;

  /** The call, and the request around what is asked. */
  record Sender<S, Q>(RequestStream<Q, ?> call, Function<S, Q> request) {
    private void send(S spec) {
      call.send(request.apply(spec));
    }
  }

  ReadingStream(Sender<S, ?> sender) {
    this.sender = sender;
  }

  /**
   * Sends an image once there is room for it.
   *
   * @throws SynthoraxException if the call has ended
   */
  public void send(S spec) {
    sender.send(spec);
  }

  /**
   * Ends the images and waits until the last was answered.
   *
   * @throws SynthoraxException if the call failed
   */
  public void finish() {
    finished = true;
    sender.call.finishMany();
  }

  /** Gives up what is not answered, unless the stream was finished. Idempotent. */
  @Override
  public void close() {
    if (!finished) {
      finished = true;
      sender.call.giveUp(new IllegalStateException("closed before it was finished"));
    }
  }
}
