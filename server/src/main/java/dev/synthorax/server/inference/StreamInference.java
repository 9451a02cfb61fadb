package dev.synthorax.server.inference;

import dev.synthorax.proto.inference.ModelStreamInferResponse;
import dev.synthorax.server.grpc.EventStream;
import dev.synthorax.server.grpc.RequestWindow;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;

/**
 * One call of ModelStreamInfer: requests as they come, answers as they are ready.
 *
 * <p><b>Threading:</b> requests come on the call's thread, answers on any.
 */
final class StreamInference implements StreamObserver<WireRequest> {
  private final EventStream<WireAnswer> stream;
  private final RequestWindow<Ending> window;
  private final ModelCall.Needs needs;
  private final boolean statuses;

  /**
   * Takes over a call; on the thread that it was delivered on.
   *
   * @param statuses whether the first failure ends the stream with its status
   */
  StreamInference(
      ServerCallStreamObserver<WireAnswer> observer, ModelCall.Needs needs, boolean statuses) {
    this.needs = needs;
    this.statuses = statuses;
    stream = new EventStream<>(observer);
    window = new RequestWindow<>(observer, stream::complete);
    stream.onEnd(this::end);
  }

  private void end() {
    cancel(window.endAll());
  }

  private static void cancel(Set<Ending> requests) {
    requests.forEach(request -> request.call.cancel());
  }

  @Override
  public void onNext(WireRequest request) {
    var ending = new Ending(request);
    if (!window.begin(ending)) {
      request.close();
      return;
    }
    ending.call.start(request, needs);
    window.askForMore();
  }

  @Override
  public void onCompleted() {
    window.halfClose();
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  /** Ends the stream with its first failure. */
  private void failAll(StatusRuntimeException failure) {
    Set<Ending> running = window.endAll();
    if (!running.isEmpty()) { // the one that failed is among them, unless all has ended
      stream.fail(failure);
      cancel(running);
    }
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
            window.taken();
          });
      window.end(this);
    }
  }
}
