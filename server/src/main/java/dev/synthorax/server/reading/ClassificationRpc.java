package dev.synthorax.server.reading;

import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.ClassifyRequest;
import dev.synthorax.proto.v1.ClassifyResponse;
import dev.synthorax.proto.v1.ClassifyStreamRequest;
import dev.synthorax.proto.v1.ClassifyStreamResponse;
import dev.synthorax.proto.v1.Failure;
import io.grpc.stub.StreamObserver;

/** Finds findings. */
final class ClassificationRpc extends ClassificationServiceGrpc.ClassificationServiceImplBase {
  private final ReadingCall.Needs needs;

  ClassificationRpc(ReadingCall.Needs needs) {
    this.needs = needs;
  }

  @Override
  public void classify(ClassifyRequest request, StreamObserver<ClassifyResponse> observer) {
    SingleReading.run(
        new ClassificationReading(request.getSpec()),
        needs,
        observer,
        answer -> ClassifyResponse.newBuilder().setClassification(answer).build());
  }

  @Override
  public StreamObserver<ClassifyStreamRequest> classifyStream(
      StreamObserver<ClassifyStreamResponse> observer) {
    return new ReadingStream<>(observer, needs, new Messages());
  }

  private static final class Messages
      implements ReadingStream.Messages<
          ClassifyStreamRequest, Classification, ClassifyStreamResponse> {
    @Override
    public Reading<Classification> reading(ClassifyStreamRequest request) {
      return new ClassificationReading(request.getSpec());
    }

    @Override
    public ClassifyStreamResponse answer(String requestId, Classification answer) {
      return ClassifyStreamResponse.newBuilder()
          .setRequestId(requestId)
          .setClassification(answer)
          .build();
    }

    @Override
    public ClassifyStreamResponse failure(String requestId, Failure failure) {
      return ClassifyStreamResponse.newBuilder()
          .setRequestId(requestId)
          .setFailure(failure)
          .build();
    }
  }
}
