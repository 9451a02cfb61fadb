package dev.synthorax.server.reading;

import dev.synthorax.proto.v1.Failure;
import dev.synthorax.proto.v1.SegmentRequest;
import dev.synthorax.proto.v1.SegmentResponse;
import dev.synthorax.proto.v1.SegmentStreamRequest;
import dev.synthorax.proto.v1.SegmentStreamResponse;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import io.grpc.stub.StreamObserver;

/** Marks structures. */
final class SegmentationRpc extends SegmentationServiceGrpc.SegmentationServiceImplBase {
  private final ReadingCall.Needs needs;

  SegmentationRpc(ReadingCall.Needs needs) {
    this.needs = needs;
  }

  @Override
  public void segment(SegmentRequest request, StreamObserver<SegmentResponse> observer) {
    SingleReading.run(
        new SegmentationReading(request.getSpec()),
        needs,
        observer,
        answer -> SegmentResponse.newBuilder().setSegmentation(answer).build());
  }

  @Override
  public StreamObserver<SegmentStreamRequest> segmentStream(
      StreamObserver<SegmentStreamResponse> observer) {
    return new ReadingStream<>(observer, needs, new Messages());
  }

  private static final class Messages
      implements ReadingStream.Messages<SegmentStreamRequest, Segmentation, SegmentStreamResponse> {
    @Override
    public Reading<Segmentation> reading(SegmentStreamRequest request) {
      return new SegmentationReading(request.getSpec());
    }

    @Override
    public SegmentStreamResponse answer(String requestId, Segmentation answer) {
      return SegmentStreamResponse.newBuilder()
          .setRequestId(requestId)
          .setSegmentation(answer)
          .build();
    }

    @Override
    public SegmentStreamResponse failure(String requestId, Failure failure) {
      return SegmentStreamResponse.newBuilder().setRequestId(requestId).setFailure(failure).build();
    }
  }
}
