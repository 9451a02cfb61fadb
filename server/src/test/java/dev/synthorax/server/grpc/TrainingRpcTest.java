package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import dev.synthorax.proto.v1.CancelTrainingRequest;
import dev.synthorax.proto.v1.DatasetShare;
import dev.synthorax.proto.v1.GetTrainingRequest;
import dev.synthorax.proto.v1.ListTrainingsRequest;
import dev.synthorax.proto.v1.StartTrainingRequest;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingSpec;
import dev.synthorax.proto.v1.TrainingState;
import dev.synthorax.proto.v1.WatchTrainingRequest;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.training.FakeTrainer;
import dev.synthorax.training.stage.TrainingEvent;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TrainingRpcTest {
  @TempDir private Path folder;

  private ServerFixture server() throws IOException {
    return ServerFixture.loaded(folder.resolve("models"));
  }

  private static TrainingSpec.Builder spec() {
    return TrainingSpec.newBuilder()
        .setRecipe("classifier")
        .setModel("reader")
        .addDatasets(DatasetShare.newBuilder().setDataset("films"));
  }

  private static Training start(ServerFixture server, TrainingSpec spec) {
    return server
        .trainingService()
        .startTraining(StartTrainingRequest.newBuilder().setTraining("one").setSpec(spec).build())
        .getTraining();
  }

  private static Iterator<WatchTrainingResponse> watch(ServerFixture server) {
    return server
        .trainingService()
        .watchTraining(WatchTrainingRequest.newBuilder().setTraining("one").build());
  }

  @Test
  void watch_job_tellsItsStoryAndEnds() throws IOException {
    try (var server = server()) {
      TrainingUploads.small(server);
      var fields =
          Struct.newBuilder()
              .putFields("seed", Value.newBuilder().setNumberValue(5).build())
              .build();
      Training begun = start(server, spec().putSettings("recipe", fields).build());
      FakeTrainer.Child process = server.trainer.next();
      process.draw("network", 4);
      Iterator<WatchTrainingResponse> events = watch(server);
      assertThat(events.next().getTraining().getState())
          .isEqualTo(TrainingState.TRAINING_STATE_RUNNING);
      assertThat(events.next().getPictures().getPng().toByteArray()).startsWith(0x89, 'P', 'N');

      process.tell(
          new TrainingEvent.Started("classifier", 1, List.of("network"), List.of()),
          new TrainingEvent.StageFinished("network"));
      process.publish(
          FakePipelines.write(
              folder.resolve("made"), FakePipelines.YAML.replace("squares", "circles")));

      assertThat(begun.getSpec().getSettingsOrThrow("recipe")).isEqualTo(fields);
      assertThat(begun.getSpec().getPromote()).isTrue();
      Training last = begun;
      while (events.hasNext()) {
        last = events.next().getTraining();
      }
      assertThat(last.getState()).isEqualTo(TrainingState.TRAINING_STATE_FINISHED);
      assertThat(last.getStagesFinished()).isEqualTo(1);
      assertThat(server.models.describe("reader", "").version()).isEqualTo(last.getModelVersion());
      assertThat(watch(server).next().getTraining()).isEqualTo(last);
    }
  }

  @Test
  void drain_uploadsAndWatches_endAtOnceAsDraining()
      throws IOException, InvalidProtocolBufferException {
    try (var server = server()) {
      TrainingUploads.small(server);
      start(server, spec().build());
      Iterator<WatchTrainingResponse> events = watch(server);
      events.next();
      TrainingUploads.Upload upload = TrainingUploads.begin(server, TrainingUploads.SMALL, null);
      upload.send(TrainingUploads.sample(TrainingUploads.SMALL, 0).build());

      boolean finished = server.drain(Duration.ofSeconds(60));

      assertThat(finished).isTrue();
      StatusRuntimeException watched =
          catchThrowableOfType(StatusRuntimeException.class, events::hasNext);
      assertThat(BadInputTest.detail(watched, ErrorInfo.class).getReason()).isEqualTo("DRAINING");
      assertThat(upload.failure().getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    }
  }

  @Test
  void start_unknownNames_sayWhich() throws IOException, InvalidProtocolBufferException {
    try (var server = server()) {
      StatusRuntimeException dataset =
          catchThrowableOfType(StatusRuntimeException.class, () -> start(server, spec().build()));
      TrainingUploads.small(server);
      StatusRuntimeException recipe =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> start(server, spec().setRecipe("classy").build()));
      StatusRuntimeException weight =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  start(
                      server, spec().addDatasets(DatasetShare.newBuilder().setWeight(-1)).build()));

      assertThat(BadInputTest.detail(dataset, ResourceInfo.class).getResourceType())
          .isEqualTo("dataset");
      assertThat(recipe.getStatus().getDescription())
          .contains("recipe: classy (expected: one of ")
          .contains("classifier");
      assertThat(BadInputTest.detail(weight, BadRequest.class).getFieldViolations(0).getField())
          .isEqualTo("spec.datasets[1].weight");
    }
  }

  @Test
  void list_jobs_areNewestFirstByPages() throws IOException {
    try (var server = server()) {
      TrainingUploads.small(server);
      start(server, spec().build());
      var service = server.trainingService();
      Training second =
          service
              .startTraining(
                  StartTrainingRequest.newBuilder().setSpec(spec().setModel("other")).build())
              .getTraining();

      var page = service.listTrainings(ListTrainingsRequest.newBuilder().setPageSize(1).build());
      var rest =
          service.listTrainings(
              ListTrainingsRequest.newBuilder().setPageToken(page.getNextPageToken()).build());

      assertThat(second.getName()).isEqualTo("other-2");
      assertThat(second.getJobsAhead()).isEqualTo(1);
      assertThat(page.getTrainingsList()).extracting(Training::getName).containsExactly("other-2");
      assertThat(rest.getTrainingsList()).extracting(Training::getName).containsExactly("one");
      assertThat(
              service
                  .cancelTraining(CancelTrainingRequest.newBuilder().setTraining("other-2").build())
                  .getTraining()
                  .getState())
          .isEqualTo(TrainingState.TRAINING_STATE_CANCELLED);
      assertThat(
              service
                  .getTraining(GetTrainingRequest.newBuilder().setTraining("other-2").build())
                  .getTraining()
                  .hasEndTime())
          .isTrue();
    }
  }
}
