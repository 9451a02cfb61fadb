package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.proto.v1.UploadStart;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.training.Datasets;
import dev.synthorax.training.stage.SampleShape;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One upload on the wire: a few samples at a time, so that a client sends no faster than the disk
 * takes them.
 *
 * <p><b>Threading:</b> the call's threads, one at a time; answers come from the thread that owns
 * training.
 */
final class UploadCall implements StreamObserver<UploadDatasetRequest> {
  /** Samples on their way to the disk: enough to keep it busy, if they are small. */
  private static final int AHEAD = 4;

  private static final int AHEAD_BYTES = 16 << 20;

  private final Datasets datasets;
  private final ServerCallStreamObserver<UploadDatasetResponse> call;
  private @Nullable SampleShape shape; // null until it starts
  private CompletableFuture<Datasets.Upload> upload = new CompletableFuture<>();
  private volatile boolean over;

  /**
   * A call that has begun; on the thread that it was delivered on.
   *
   * @param gone told when it has ended, in whatever way
   */
  UploadCall(
      Datasets datasets,
      ServerCallStreamObserver<UploadDatasetResponse> call,
      Consumer<UploadCall> gone) {
    this.datasets = datasets;
    this.call = call;
    Runnable end =
        () -> {
          over = true;
          abandon();
          gone.accept(this);
        };
    call.setOnCancelHandler(end);
    call.setOnCloseHandler(end);
    call.disableAutoRequest();
    call.request(1);
  }

  private void abandon() {
    var _ = upload.thenAccept(Datasets.Upload::abandon);
  }

  @Override
  public void onNext(UploadDatasetRequest message) {
    if (over) {
      return;
    }
    try {
      switch (message.getContentCase()) {
        case START -> start(message.getStart());
        case SAMPLE -> add(message);
        case CONTENT_NOT_SET ->
            throw FieldException.invalid("content", "nothing (expected: start, then samples)");
      }
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      fail(Errors.of(e));
    }
  }

  private void start(UploadStart start) {
    if (shape != null) {
      throw FieldException.invalid("start", "a second one (expected: samples after the first)");
    }
    SampleShape read = TrainingWires.shape(start.getShape());
    shape = read;
    upload =
        datasets.upload(
            start.getDataset(),
            read,
            TrainingWires.first(start.getShape()),
            start.hasResume() ? TrainingWires.point(start.getResume()) : null,
            this::takenOver);
    int ahead = Math.clamp(AHEAD_BYTES / read.bytes(), 1, AHEAD);
    var _ = upload.whenComplete((_, failure) -> went(failure, ahead));
  }

  private void takenOver() {
    fail(
        Errors.of(
            new ServerException(
                ServerReason.DATASET_CONFLICT,
                "another call took the upload over, or removed it (expected: one at a time)")));
  }

  private void add(UploadDatasetRequest message) {
    SampleShape known = shape;
    if (known == null) {
      throw FieldException.invalid("sample", "before start (expected: start first)");
    }
    SampleReader sample = SampleReader.read(message.getSample(), known);
    var _ =
        upload
            .thenCompose(
                to -> to.add(sample.digest(), sample.image(), sample.masks(), sample.line()))
            .whenComplete((_, failure) -> went(failure, 1));
  }

  private void went(@Nullable Throwable failure, int more) {
    if (failure != null) {
      fail(Answers.status(failure));
    } else if (!over) {
      call.request(more);
    }
  }

  @Override
  public void onCompleted() {
    if (over) {
      return;
    }
    if (shape == null) {
      fail(Errors.of(FieldException.invalid("start", "missing (expected: a first message)")));
      return;
    }
    var _ =
        upload
            .thenCompose(Datasets.Upload::finish)
            .whenComplete(
                (dataset, failure) -> {
                  if (failure != null) {
                    fail(Answers.status(failure));
                  } else {
                    answer(
                        UploadDatasetResponse.newBuilder()
                            .setDataset(TrainingWires.wire(dataset))
                            .build());
                  }
                });
  }

  @Override
  public void onError(Throwable failure) {
    over = true; // the client left; what is durable stays
    abandon();
  }

  private synchronized void answer(UploadDatasetResponse response) {
    if (!over) {
      over = true;
      call.onNext(response);
      call.onCompleted();
    }
  }

  /** Ends it; what is durable can be gone on with. */
  synchronized void fail(StatusRuntimeException failure) {
    if (!over) {
      over = true;
      abandon();
      call.onError(failure);
    }
  }
}
