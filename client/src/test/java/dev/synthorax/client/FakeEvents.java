package dev.synthorax.client;

import dev.synthorax.proto.v1.GenerateStreamResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Sends the events of a stream, or a failure in their place from some event on. */
final class FakeEvents {
  private final StreamObserver<GenerateStreamResponse> answer;
  private final @Nullable Late late;
  private int sent;

  /**
   * When a stream fails.
   *
   * @param events that are sent before
   */
  record Late(int events, StatusRuntimeException failure) {}

  FakeEvents(StreamObserver<GenerateStreamResponse> answer, @Nullable Late late) {
    this.answer = answer;
    this.late = late;
  }

  void send(GenerateStreamResponse.Builder event) {
    if (late == null || sent < late.events) {
      answer.onNext(event.build());
    } else if (sent == late.events) {
      answer.onError(late.failure);
    }
    sent++;
  }

  void end() {
    if (late == null) {
      answer.onCompleted();
    }
  }
}
