package dev.synthorax.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TrainingsTest {
  @TempDir private Path folder;

  private static void assertRefused(ThrowingCallable call, ServerReason reason, String message) {
    assertThatThrownBy(call)
        .cause()
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void start_job_runsAndItsModelIsServed() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");

      TrainingStatus begun = server.start("one", RoomFixture.spec("reader"));
      FakeTrainer.Child process = server.trainer.next();
      process.tell(RoomFixture.started());
      process.publish(server.pipeline());
      TrainingStatus ended = server.awaitEnd("one");

      assertThat(begun.job().state()).isEqualTo(TrainingState.RUNNING);
      assertThat(process.order.threads()).isEqualTo(5);
      assertThat(process.order.samples().getFirst().weight()).isEqualTo(2);
      assertThat(process.order.folder().work().resolve("recipe.json")).exists();
      assertThat(ended.job().state()).isEqualTo(TrainingState.FINISHED);
      assertThat(ended.job().modelVersion()).matches("[0-9a-f]{12}");
      assertThat(server.models.describe("reader", "").version())
          .isEqualTo(ended.job().modelVersion());
      assertThat(folder.resolve("data/models/reader/training.json")).exists();
      assertThat(folder.resolve("data/jobs/one/model")).doesNotExist();
    }
  }

  @Test
  void start_modelOfNoKindThatIsServed_isKeptAndSaidSo() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));

      server.trainer.next().publish(Files.createDirectories(folder.resolve("net/1")));
      TrainingStatus ended = server.awaitEnd("one");

      assertThat(ended.job().modelVersion()).isEqualTo("0123456789ab");
      assertThat(ended.job().reason()).startsWith("It is of no kind that is served here");
      assertThat(server.desk.now(server.room.trainings().promoteModel("one")).notServed())
          .isEqualTo(ended.job().reason());
    }
  }

  @Test
  void start_secondJob_waitsForTheFirst() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("first"));
      FakeTrainer.Child first = server.trainer.next();

      TrainingStatus second = server.start("two", RoomFixture.spec("second"));

      assertThat(second.job().state()).isEqualTo(TrainingState.QUEUED);
      assertThat(second.jobsAhead()).isEqualTo(1);
      assertThat(server.trainer.none()).isTrue();
      first.tell(new TrainingEvent.Failed("loss: NaN in the batch of a, b"));
      first.end(1, "");
      assertThat(server.get("one").job().reason()).isEqualTo("loss: NaN in the batch of a, b");
      assertThat(server.get("two").job().state()).isEqualTo(TrainingState.RUNNING);
      assertThat(server.trainer.next().order.folder().root()).endsWithRaw(Path.of("two"));
    }
  }

  @Test
  void start_whatCannotBe_isRefusedAndLeavesNothing() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("first"));
      var settings =
          new TrainingSpec(
              "classifier",
              "other",
              List.of(new TrainingSpec.Share("films", 1)),
              Map.of(),
              Map.of("recipe", new ObjectMapper().readTree("{\"colour\": 1, \"taste\": 2}")),
              0,
              true);

      assertRefused(
          () -> server.start("two", RoomFixture.spec("first")),
          ServerReason.TRAINING_CONFLICT,
          "training one: it is making model first already");
      assertRefused(
          () -> server.start("two", RoomFixture.spec("squares")),
          ServerReason.TRAINING_CONFLICT,
          "model squares: this server did not train it");
      assertRefused(
          () -> server.start("one", RoomFixture.spec("second")),
          ServerReason.TRAINING_CONFLICT,
          "trains something else: model was first, now second");
      assertThatThrownBy(() -> server.start("two", settings))
          .cause()
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("colour")
          .hasMessageContaining("taste");
      assertThat(server.desk.now(server.room.trainings().list())).hasSize(1);
      assertThat(folder.resolve("data/jobs/two")).doesNotExist();
    }
  }

  @Test
  void cancel_running_waitsForTheCheckpointAndStartGoesOn() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));
      FakeTrainer.Child process = server.trainer.next();

      var cancelled = server.room.trainings().cancel("one");
      server.desk.run();
      assertThat(process.stopped).isTrue();
      assertThat(cancelled).isNotDone();
      process.tell(new TrainingEvent.Stopped("network"));
      process.end(1, "");
      assertThat(server.desk.now(cancelled).job().state()).isEqualTo(TrainingState.CANCELLED);

      assertThat(server.start("one", RoomFixture.spec("reader")).job().state())
          .isEqualTo(TrainingState.RUNNING);
      assertThat(server.trainer.next().order).isEqualTo(process.order);
    }
  }

  @Test
  void resume_nothingWasTrained_makesNothing() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.desk.now(server.room.trainings().resume());

      assertThat(server.desk.now(server.room.trainings().list())).isEmpty();
      assertThat(server.desk.now(server.room.datasets().list())).isEmpty();
      assertThat(folder.resolve("data")).doesNotExist();
    }
  }

  @Test
  void start_anotherServerTrainsThere_isUnavailable() throws IOException {
    try (var server = new RoomFixture(folder);
        var other = new RoomFixture(folder)) {
      server.dataset("films");

      assertRefused(
          () -> other.start("one", RoomFixture.spec("reader")),
          ServerReason.TRAINING_UNAVAILABLE,
          "another server trains in this server's data folder");
    }
  }

  @Test
  void listen_progress_isToldWithTheTimeLeftAndEndsWithTheJob() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));
      FakeTrainer.Child process = server.trainer.next();
      RoomFixture.Heard heard = server.listen("one");

      process.tell(RoomFixture.started(), new TrainingEvent.Progress("network", 10, 100, 0.5, 3));
      server.desk.pass(Duration.ofSeconds(20));
      process.tell(new TrainingEvent.Progress("network", 20, 100, 0.25, 3));
      process.tell(new TrainingEvent.StageFinished("network"));
      process.tell(new TrainingEvent.Failed("disk full"));
      process.end(1, "");
      server.desk.run();
      process.tell(new TrainingEvent.Progress("network", 30, 100, 0.25, 3));
      server.desk.run();

      assertThat(heard.lines)
          .containsExactly(
              "one RUNNING 0/0",
              "one RUNNING 0/2",
              "network 10/100 0.5 eta null",
              "network 20/100 0.25 eta PT2M40S",
              "one RUNNING 1/2",
              "one FAILED 1/2",
              "the end");
    }
  }

  @Test
  void delete_datasetInUse_isRefusedUntilTheJobIsGone() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));

      assertRefused(
          () -> server.desk.now(server.room.datasets().delete("films")),
          ServerReason.DATASET_CONFLICT,
          "dataset films: job one learns from it");
      assertRefused(
          () -> server.desk.now(server.room.trainings().delete("one")),
          ServerReason.TRAINING_CONFLICT,
          "it has not ended (expected: cancel it first)");

      server.trainer.next().end(2, "no such option");
      server.desk.run();
      server.desk.now(server.room.trainings().delete("one"));
      server.desk.now(server.room.datasets().delete("films"));
      assertThat(folder.resolve("data/jobs/one")).doesNotExist();
      assertRefused(() -> server.get("one"), ServerReason.TRAINING_NOT_FOUND, "training: one");
    }
  }

  @Test
  void drain_running_asksForACheckpointAndTheJobStaysRunning() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));
      FakeTrainer.Child process = server.trainer.next();

      var drained = server.room.drain();
      server.desk.run();
      assertThat(process.stopped).isTrue();
      assertThat(drained).isNotDone();
      process.end(1, "");
      server.desk.run();

      assertThat(drained).isDone();
      assertRefused(() -> server.get("one"), ServerReason.DRAINING, "the server is shutting down");
    }
    try (var next = new RoomFixture(folder)) {
      next.desk.now(next.room.trainings().resume());
      assertThat(next.get("one").job().state()).isEqualTo(TrainingState.RUNNING);
    }
  }
}
