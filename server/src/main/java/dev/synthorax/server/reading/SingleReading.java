package dev.synthorax.server.reading;

import dev.synthorax.server.grpc.EventStream;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/**
 * A call of one image.
 *
 * <p><b>Threading:</b> begun on the call's thread; its end is told on any.
 *
 * @param <A> the answer
 * @param <R> the message around it
 */
final class SingleReading<A, R> implements ReadingCall.Ending<A> {
  private final EventStream<R> stream;
  private final Function<A, R> response;
  private final ReadingCall<A> call;

  private SingleReading(
      Reading<A> reading,
      ReadingCall.Needs needs,
      StreamObserver<R> observer,
      Function<A, R> response) {
    stream = new EventStream<>((ServerCallStreamObserver<R>) observer);
    this.response = response;
    call = new ReadingCall<>(reading, needs, new Workshop.Caller(), this);
    stream.onEnd(call::cancel);
  }

  /** Reads an image and answers; returns at once. */
  static <A, R> void run(
      Reading<A> reading,
      ReadingCall.Needs needs,
      StreamObserver<R> observer,
      Function<A, R> response) {
    ReadingCall<A> call = new SingleReading<>(reading, needs, observer, response).call;
    if (call.start() == ReadingCall.Admission.NO_ROOM) {
      call.refuse();
    }
  }

  @Override
  public void answered(A answer) {
    stream.send(response.apply(answer), call::giveBack);
    stream.complete();
  }

  @Override
  public void failed(StatusRuntimeException failure) {
    call.giveBack();
    stream.fail(failure);
  }
}
