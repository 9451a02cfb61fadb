package dev.synthorax.client;

import static dev.synthorax.client.SynthoraxClient.await;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifyRequest;
import dev.synthorax.proto.v1.ClassifyResponse;
import dev.synthorax.proto.v1.ClassifyStreamRequest;
import dev.synthorax.proto.v1.SegmentRequest;
import dev.synthorax.proto.v1.SegmentResponse;
import dev.synthorax.proto.v1.SegmentStreamRequest;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import dev.synthorax.proto.v1.SegmentationSpec;
import java.util.concurrent.CompletableFuture;

/**
 * Reads radiographs, from {@link SynthoraxClient#reading}: where structures lie, which findings are
 * there. Calls of one image are tried again as {@link SynthoraxClient} says; streams are not.
 *
 * <p><b>Ownership:</b> none; ends with the client that it came from.
 *
 * <p><b>Threading:</b> any thread may call anything.
 */
public final class ReadingClient {
  private final RetryingCall.Terms terms;

  ReadingClient(RetryingCall.Terms terms) {
    this.terms = terms;
  }

  /**
   * Marks structures in an image.
   *
   * @throws SynthoraxException MODEL_NOT_FOUND if the server has no model for it
   */
  public Segmentation segment(SegmentationSpec spec) {
    return await(segmentAsync(spec));
  }

  /** Marks structures in an image; see {@link #segment}. */
  public CompletableFuture<Segmentation> segmentAsync(SegmentationSpec spec) {
    return RetryingCall.unary(
        terms,
        SegmentationServiceGrpc.getSegmentMethod(),
        SegmentRequest.newBuilder().setSpec(spec).build(),
        SegmentResponse::getSegmentation);
  }

  /** Marks structures in many images on one call; the caller closes it. */
  @MustBeClosed
  public ReadingStream<SegmentationSpec> segmentStream(ReadingListener<Segmentation> listener) {
    requireNonNull(listener, "listener");
    return new ReadingStream<>(
        new ReadingStream.Sender<>(
            RequestStream.openMany(
                terms,
                SegmentationServiceGrpc.getSegmentStreamMethod(),
                answer -> {
                  if (answer.hasFailure()) {
                    listener.failed(
                        answer.getRequestId(), SynthoraxException.ofFailure(answer.getFailure()));
                  } else {
                    listener.answered(answer.getRequestId(), answer.getSegmentation());
                  }
                }),
            spec -> SegmentStreamRequest.newBuilder().setSpec(spec).build()));
  }

  /**
   * Finds findings in an image.
   *
   * @throws SynthoraxException MODEL_NOT_FOUND if the server has no model for it
   */
  public Classification classify(ClassificationSpec spec) {
    return await(classifyAsync(spec));
  }

  /** Finds findings in an image; see {@link #classify}. */
  public CompletableFuture<Classification> classifyAsync(ClassificationSpec spec) {
    return RetryingCall.unary(
        terms,
        ClassificationServiceGrpc.getClassifyMethod(),
        ClassifyRequest.newBuilder().setSpec(spec).build(),
        ClassifyResponse::getClassification);
  }

  /** Finds findings in many images on one call; the caller closes it. */
  @MustBeClosed
  public ReadingStream<ClassificationSpec> classifyStream(
      ReadingListener<Classification> listener) {
    requireNonNull(listener, "listener");
    return new ReadingStream<>(
        new ReadingStream.Sender<>(
            RequestStream.openMany(
                terms,
                ClassificationServiceGrpc.getClassifyStreamMethod(),
                answer -> {
                  if (answer.hasFailure()) {
                    listener.failed(
                        answer.getRequestId(), SynthoraxException.ofFailure(answer.getFailure()));
                  } else {
                    listener.answered(answer.getRequestId(), answer.getClassification());
                  }
                }),
            spec -> ClassifyStreamRequest.newBuilder().setSpec(spec).build()));
  }
}
