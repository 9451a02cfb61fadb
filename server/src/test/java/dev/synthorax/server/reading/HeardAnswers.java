package dev.synthorax.server.reading;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one call heard: answers, then its status. */
final class HeardAnswers<Q, A> implements ClientResponseObserver<Q, A> {
  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private final Class<A> type;
  private volatile @Nullable ClientCallStreamObserver<Q> call;

  HeardAnswers(Class<A> type) {
    this.type = type;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    call = started;
  }

  @Override
  public void onNext(A answer) {
    events.add(answer);
  }

  @Override
  public void onError(Throwable failure) {
    events.add(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    events.add(Status.OK);
  }

  private Object event() throws InterruptedException {
    Object event = events.poll(30, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("nothing came");
    }
    return event;
  }

  A next() throws InterruptedException {
    return type.cast(event());
  }

  Code end() throws InterruptedException {
    Object event = event();
    while (!(event instanceof Status)) {
      event = event();
    }
    return ((Status) event).getCode();
  }

  void cancel() {
    var open = call;
    if (open != null) {
      open.cancel("the test leaves", null);
    }
  }
}
