package dev.synthorax.server.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainers and servers that die, and jobs that survive it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class JobFailuresTest {
  @TempDir private Path folder;

  @Test
  void died_unasked_goesOnUntilThereIsNoProgress() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));
      server.trainer.next().end(137, "");
      server.desk.pass(Duration.ofMillis(999));
      assertThat(server.trainer.none()).isTrue();
      server.desk.pass(Duration.ofMillis(1));
      FakeTrainer.Child second = server.trainer.next();
      second.tell(new TrainingEvent.Checkpointed("network", 5));
      second.end(137, "");

      for (int death = 0; death < 2; death++) { // two restarts without a checkpoint are allowed
        server.desk.pass(Duration.ofSeconds(4));
        server.trainer.next().end(134, "SIGABRT in libtorch");
      }
      server.desk.run();

      TrainingJob job = server.get("one").job();
      assertThat(job.state()).isEqualTo(TrainingState.FAILED);
      assertThat(job.restarts()).isEqualTo(3);
      assertThat(job.reason())
          .isEqualTo(
              "its process ended 3 times without a checkpoint between (exit code 134); its last"
                  + " words: SIGABRT in libtorch");
    }
  }

  @Test
  void watch_tooMuchMemory_endsTheJobInOneSentence() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));
      FakeTrainer.Child process = server.trainer.next();
      process.memoryBytes = 3L << 30;

      server.desk.pass(Duration.ofSeconds(1));

      assertThat(process.killed).isTrue();
      process.end(137, "");
      assertThat(server.get("one").job().reason())
          .startsWith("its process took 3072 MiB of memory (expected: at most 1024;");
    }
  }

  @Test
  void cancel_doesNotEnd_isKilled() throws IOException {
    try (var server = new RoomFixture(folder)) {
      server.dataset("films");
      server.start("one", RoomFixture.spec("reader"));
      FakeTrainer.Child process = server.trainer.next();
      var _ = server.room.trainings().cancel("one");

      server.desk.pass(Duration.ofMinutes(2));

      assertThat(process.killed).isTrue();
      process.end(137, "");
      assertThat(server.get("one").job().state()).isEqualTo(TrainingState.CANCELLED);
    }
  }

  @Test
  void resume_afterAKilledServer_goesOnOnceItsTrainerHasEnded() throws IOException {
    FakeTrainer.Child before;
    try (var killed = new RoomFixture(folder)) {
      killed.dataset("films");
      killed.start("one", RoomFixture.spec("reader"));
      killed.start("two", RoomFixture.spec("other"));
      before = killed.trainer.next();
      before.tell(
          RoomFixture.started("network"),
          new TrainingEvent.Progress("export", 3, 9, null, 4),
          new TrainingEvent.Metrics("network", 7, new TreeMap<>(Map.of("auroc", 0.5))));
      before.draw("network", 7);
      killed.desk.run();
    }
    try (var server = new RoomFixture(folder)) {
      server.trainer.outlives = true;

      server.desk.now(server.room.trainings().resume());
      server.desk.pass(Duration.ofSeconds(3));
      assertThat(server.trainer.none()).isTrue();
      server.trainer.outlives = false;
      server.desk.pass(Duration.ofSeconds(1));

      assertThat(server.trainer.next().order).isEqualTo(before.order);
      TrainingStatus status = server.get("one");
      assertThat(status.job().restarts()).isEqualTo(1);
      assertThat(status.progress())
          .isEqualTo(new TrainingStatus.Progress("export", 3, 9, null, 4, null));
      RoomFixture.Heard late = server.listen("one");
      assertThat(late.lines)
          .containsExactly(
              "one RUNNING 1/2", "network 7 {auroc=0.5}", "network 7 pictures, columns 1");
      assertThat(late.pictures.get("network")).startsWith(0x89, 'P', 'N', 'G');
      assertThat(server.get("two").job().state()).isEqualTo(TrainingState.QUEUED);
    }
  }

  @Test
  void resume_modelWasWholeWhenTheServerWasKilled_isPromotedWithoutATrainer() throws IOException {
    try (var killed = new RoomFixture(folder)) {
      killed.dataset("films");
      killed.start("one", RoomFixture.spec("reader"));
      killed.trainer.next().publish(killed.pipeline()); // and nobody hears of it
    }
    try (var server = new RoomFixture(folder)) {
      server.desk.now(server.room.trainings().resume());

      assertThat(server.awaitEnd("one").job().state()).isEqualTo(TrainingState.FINISHED);
      assertThat(server.trainer.none()).isTrue();
      assertThat(server.models.describe("reader", "").version()).isNotEmpty();
    }
  }
}
