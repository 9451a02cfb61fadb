package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.GetDatasetRequest;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadDatasetResponse;
import dev.synthorax.proto.v1.UploadPoint;
import dev.synthorax.proto.v1.UploadStart;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Uploads of a dataset "films", as a client makes them. */
final class TrainingUploads {
  static final SampleShape SMALL =
      SampleShape.newBuilder().setWidth(9).setHeight(8).addStructures("lungs").build();

  private TrainingUploads() {}

  static Sample.Builder sample(SampleShape shape, int number) {
    byte[] image = new byte[shape.getWidth() * shape.getHeight()];
    image[number] = (byte) (number + 1);
    return Sample.newBuilder()
        .setId("s" + number)
        .setImage(ByteString.copyFrom(image))
        .addFindings("normal");
  }

  /** The upload's answer, and what is sent. */
  record Upload(
      StreamObserver<UploadDatasetRequest> requests,
      CompletableFuture<UploadDatasetResponse> answer) {
    void send(Sample sample) {
      requests.onNext(UploadDatasetRequest.newBuilder().setSample(sample).build());
    }

    Dataset finish() {
      requests.onCompleted();
      return answer.join().getDataset();
    }

    StatusRuntimeException failure() {
      return (StatusRuntimeException)
          requireNonNull(catchThrowableOfType(CompletionException.class, answer::join).getCause());
    }
  }

  static Upload begin(ServerFixture server, SampleShape shape, @Nullable UploadPoint resume) {
    var answer = new CompletableFuture<UploadDatasetResponse>();
    StreamObserver<UploadDatasetRequest> requests =
        dev.synthorax.proto.v1.TrainingServiceGrpc.newStub(server.channel)
            .uploadDataset(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadDatasetResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    // the answer has come before
                  }
                });
    var start = UploadStart.newBuilder().setDataset("films").setShape(shape);
    if (resume != null) {
      start.setResume(resume);
    }
    requests.onNext(UploadDatasetRequest.newBuilder().setStart(start).build());
    return new Upload(requests, answer);
  }

  static Dataset get(ServerFixture server) {
    return server
        .trainingService()
        .getDataset(GetDatasetRequest.newBuilder().setDataset("films").build())
        .getDataset();
  }

  /** A whole dataset of one sample. */
  static void small(ServerFixture server) {
    Upload upload = begin(server, SMALL, null);
    upload.send(sample(SMALL, 0).build());
    upload.finish();
  }
}
