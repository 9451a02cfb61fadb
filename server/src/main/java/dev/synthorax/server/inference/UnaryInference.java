package dev.synthorax.server.inference;

import dev.synthorax.server.grpc.Errors;
import dev.synthorax.server.grpc.EventStream;
import dev.synthorax.server.grpc.FieldException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * One call of ModelInfer: a request, an answer.
 *
 * <p><b>Threading:</b> requests come on the call's thread, answers on any.
 */
final class UnaryInference implements StreamObserver<WireRequest>, ModelCall.Ending {
  private final EventStream<WireAnswer> stream;
  private final ModelCall.Needs needs;
  private @Nullable WireRequest request; // the call's own thread
  private @Nullable ModelCall call; // the call's own thread
  private boolean ended; // the call's own thread

  UnaryInference(ServerCallStreamObserver<WireAnswer> observer, ModelCall.Needs needs) {
    stream = new EventStream<>(observer);
    this.needs = needs;
    stream.onEnd(this::end);
  }

  private void end() {
    ended = true;
    if (request != null) {
      request.close();
    }
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void onNext(WireRequest next) {
    if (ended || request != null || call != null) {
      next.close();
      stream.fail(
          Errors.of(FieldException.invalid("", "a second request (expected: one in this call)")));
      return;
    }
    request = next;
  }

  @Override
  public void onCompleted() {
    WireRequest whole = request;
    request = null;
    if (ended) {
      return;
    }
    if (whole == null) {
      stream.fail(Errors.of(FieldException.invalid("", "no request (expected: one)")));
      return;
    }
    var started = new ModelCall(whole, false, this);
    call = started;
    started.start(whole, needs);
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  @Override
  public void answered(WireAnswer answer) {
    stream.send(answer, answer::end);
    stream.complete();
  }

  @Override
  public void failed(StatusRuntimeException failure) {
    stream.fail(failure);
  }
}
