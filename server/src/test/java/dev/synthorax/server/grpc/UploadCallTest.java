package dev.synthorax.server.grpc;

import static dev.synthorax.server.grpc.TrainingUploads.SMALL;
import static dev.synthorax.server.grpc.TrainingUploads.begin;
import static dev.synthorax.server.grpc.TrainingUploads.get;
import static dev.synthorax.server.grpc.TrainingUploads.sample;
import static dev.synthorax.server.grpc.TrainingUploads.small;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.synthorax.files.Sha256;
import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.DatasetState;
import dev.synthorax.proto.v1.Sample;
import dev.synthorax.proto.v1.SampleMask;
import dev.synthorax.proto.v1.SampleShape;
import dev.synthorax.proto.v1.UploadDatasetRequest;
import dev.synthorax.proto.v1.UploadPoint;
import dev.synthorax.proto.v1.UploadStart;
import dev.synthorax.server.grpc.TrainingUploads.Upload;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UploadCallTest {
  /** Three of these are more than a shard's 16 MiB. */
  private static final SampleShape LARGE =
      SampleShape.newBuilder()
          .setWidth(2048)
          .setHeight(1024)
          .addStructures("lungs")
          .addStructures("heart")
          .build();

  @TempDir private Path folder;

  private ServerFixture server() throws IOException {
    return ServerFixture.loaded(folder.resolve("models"));
  }

  /** The digest as training.proto defines it, computed anew. */
  private static UploadPoint point(SampleShape shape, Sample... samples) {
    MessageDigest sha256 = Sha256.digest();
    byte[] digest = sha256.digest(shape.toByteArray());
    for (Sample sample : samples) {
      sha256.update(digest);
      digest = sha256.digest(Sha256.digest().digest(sample.toByteArray()));
    }
    return UploadPoint.newBuilder()
        .setSamples(samples.length)
        .setDigest(ByteString.copyFrom(digest))
        .build();
  }

  /** Waits until so many samples are durable: the upload is on its way. */
  private static Dataset await(ServerFixture server, int samples) {
    while (true) {
      try {
        Dataset dataset = get(server);
        if (dataset.getPoint().getSamples() >= samples) {
          return dataset;
        }
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void upload_cutByTheClient_goesOnWhereItIsDurable() throws IOException {
    try (var server = server()) {
      Sample[] samples = {
        sample(LARGE, 0).build(), sample(LARGE, 1).build(), sample(LARGE, 2).build()
      };
      Upload cut = begin(server, LARGE, null);
      for (Sample sample : samples) {
        cut.send(sample);
      }
      Dataset durable = await(server, 2);
      cut.requests().onError(new IOException("the client's network broke"));

      assertThat(durable.getState()).isEqualTo(DatasetState.DATASET_STATE_UPLOADING);
      assertThat(durable.getPoint()).isEqualTo(point(LARGE, samples[0], samples[1]));
      Upload rest = begin(server, LARGE, durable.getPoint());
      rest.send(samples[2]);
      Dataset whole = rest.finish();

      assertThat(whole.getState()).isEqualTo(DatasetState.DATASET_STATE_WHOLE);
      assertThat(whole.getPoint()).isEqualTo(point(LARGE, samples));
      assertThat(whole.getFindingsList()).containsExactly("normal");
      assertThat(get(server)).isEqualTo(whole);
    }
  }

  @Test
  void upload_secondCallForTheName_takesItOver() throws IOException {
    try (var server = server()) {
      Upload first = begin(server, LARGE, null);
      for (int i = 0; i < 3; i++) {
        first.send(sample(LARGE, i).build());
      }
      await(server, 2); // or the second might come first

      small(server);

      assertThat(first.failure().getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
      assertThat(get(server).getPoint().getSamples()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "image, 'sample s0: image: 71 bytes (expected: 72)'",
    "structure, 'sample s0: masks: structure ''liver'' (expected: one of [lungs])'",
    "bits, 'sample s0: masks.bits: 8 bytes (expected: 9)'",
    "finding, 'sample s0: absent_findings: ''normal'' (expected: each name once in both lists, 1 to"
        + " 128 bytes)'",
    "attributes, 'sample s0: attributes_json: not one JSON object (expected: {...})'",
  })
  void upload_sampleThatDoesNotFit_isNamed(String wrong, String message)
      throws IOException, InvalidProtocolBufferException {
    Sample.Builder sample = sample(SMALL, 0);
    switch (wrong) {
      case "image" -> sample.setImage(ByteString.copyFrom(new byte[71]));
      case "structure" -> sample.addMasks(SampleMask.newBuilder().setStructure("liver"));
      case "bits" ->
          sample.addMasks(
              SampleMask.newBuilder()
                  .setStructure("lungs")
                  .setBits(ByteString.copyFrom(new byte[8])));
      case "finding" -> sample.getAbsentFindingsBuilder().addNames("normal");
      default -> sample.setAttributesJson("{\"view\": \"PA\"} {}");
    }
    try (var server = server()) {
      Upload upload = begin(server, SMALL, null);
      upload.send(sample.build());

      StatusRuntimeException failure = upload.failure();

      assertThat(failure.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(failure.getStatus().getDescription()).isEqualTo(message);
      assertThat(BadInputTest.detail(failure, BadRequest.class).getFieldViolations(0).getField())
          .startsWith("sample.");
    }
  }

  @Test
  void upload_messagesOutOfOrder_areRefused() throws IOException {
    try (var server = server()) {
      Upload twice = begin(server, SMALL, null);
      twice
          .requests()
          .onNext(
              UploadDatasetRequest.newBuilder().setStart(UploadStart.getDefaultInstance()).build());
      assertThat(twice.failure().getStatus().getDescription())
          .isEqualTo("start: a second one (expected: samples after the first)");

      Upload shapeless = begin(server, SampleShape.getDefaultInstance(), null);
      assertThat(shapeless.failure().getStatus().getDescription())
          .isEqualTo("start.shape: width: 0 (expected: 8 to 4096)");
    }
  }
}
