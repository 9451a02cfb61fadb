package dev.synthorax.server.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.inference.ModelStreamInferResponse;
import dev.synthorax.server.grpc.EventStream;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One call of ModelStreamInfer: requests as they come, answers as they are ready. A client that
 * does not read has no more than a few requests taken.
 *
 * <p><b>Threading:</b> requests come on the call's thread, answers on any; guarded by its own
 * monitor, which is not held while others are called.
 */
final class StreamInference implements StreamObserver<WireRequest> {
  /** Requests taken whose answers are not on their way: enough to fill batches. */
  private static final int MAX_OPEN = 64;

  private final ServerCallStreamObserver<WireAnswer> observer;
  private final EventStream<WireAnswer> stream;
  private final ModelCall.Needs needs;
  private final boolean statuses;

  @GuardedBy("this")
  private final Set<Ending> running = new HashSet<>();

  @GuardedBy("this")
  private int open;

  @GuardedBy("this")
  private boolean waiting; // for room, before the next request is asked for

  @GuardedBy("this")
  private boolean complete; // no request will come

  @GuardedBy("this")
  private boolean ended;

  /**
   * Takes over a call; on the thread that it was delivered on.
   *
   * @param statuses whether the first failure ends the stream with its status
   */
  StreamInference(
      ServerCallStreamObserver<WireAnswer> observer, ModelCall.Needs needs, boolean statuses) {
    this.observer = observer;
    this.needs = needs;
    this.statuses = statuses;
    stream = new EventStream<>(observer);
    stream.onEnd(this::end);
    observer.disableAutoRequest();
    observer.request(1);
  }

  private void end() {
    for (Ending request : rest()) {
      request.call.cancel();
    }
  }

  private synchronized List<Ending> rest() {
    ended = true;
    return List.copyOf(running);
  }

  @Override
  public void onNext(WireRequest request) {
    var ending = new Ending(request);
    if (!begin(ending)) {
      request.close();
      return;
    }
    ending.call.start(request, needs);
    askForMore();
  }

  /** Whether there is still a stream to work for. */
  private synchronized boolean begin(Ending request) {
    if (ended) {
      return false;
    }
    open++;
    return running.add(request);
  }

  private void askForMore() {
    synchronized (this) {
      if (open >= MAX_OPEN) {
        waiting = true;
        return;
      }
    }
    observer.request(1);
  }

  /** The answer of one request is on its way, or nobody wants it. */
  private void taken() {
    synchronized (this) {
      open--;
      if (!waiting || ended) {
        return;
      }
      waiting = false;
    }
    observer.request(1);
  }

  @Override
  public void onCompleted() {
    boolean last;
    synchronized (this) {
      complete = true;
      last = running.isEmpty();
    }
    if (last) {
      stream.complete();
    }
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  /** Ends the stream with its first failure. */
  private void failAll(StatusRuntimeException failure) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    stream.fail(failure);
    end();
  }

  /** The end of one request of the stream. */
  private final class Ending implements ModelCall.Ending {
    private final String id;
    private final ModelCall call;

    private Ending(WireRequest request) {
      id = request.fields().getId();
      call = new ModelCall(request, true, this);
    }

    @Override
    public void answered(WireAnswer answer) {
      send(answer);
    }

    @Override
    public void failed(StatusRuntimeException failure) {
      if (statuses) {
        failAll(failure);
        return;
      }
      send(
          WireAnswer.of(
              ModelStreamInferResponse.newBuilder()
                  .setErrorMessage(String.valueOf(failure.getStatus().getDescription()))
                  .setInferResponse(AnswerWriter.bare(id))
                  .build()));
    }

    private void send(WireAnswer answer) {
      stream.send(
          answer,
          () -> {
            answer.end();
            taken();
          });
      boolean last;
      synchronized (StreamInference.this) {
        running.remove(this);
        last = complete && running.isEmpty();
      }
      if (last) {
        stream.complete();
      }
    }
  }
}
