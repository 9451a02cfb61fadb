package dev.synthorax.client.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.training.RecipeFile;
import dev.synthorax.client.training.TrainingJob;
import dev.synthorax.proto.v1.TrainingState;
import io.grpc.Status;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainStopTest extends TrainCase {
  private TrainingJob job;

  @BeforeEach
  void startJob() throws Exception {
    String file = recipe(RECIPE);
    assertThat(run(file)).isZero();
    try (TrainView view = new TrainView(new PrintWriter(new StringWriter()), true, null)) {
      job = TrainingJob.of(RecipeFile.read(Path.of(file)), 1, view);
    }
    assertThat(training.jobs).containsOnlyKeys(job.name());
  }

  private String stop() {
    try (SynthoraxClient client = SynthoraxClient.open(target(), ClientOptions.DEFAULT)) {
      return TrainStop.ofOwnServer(job, client.training());
    }
  }

  @Test
  void ofOwnServer_jobThatRuns_endsItWithACheckpoint() {
    assertThat(stop())
        .isEqualTo(
            "stopped with a checkpoint: the same command goes on with training " + job.name());
    assertThat(training.job(job.name()).getState())
        .isEqualTo(TrainingState.TRAINING_STATE_CANCELLED);
  }

  @Test
  void ofOwnServer_serverThatRefuses_saysNoMoreThanItKnows() {
    training.failures.add(
        FakeServices.failure(Status.Code.INTERNAL, "INTERNAL", "it is going down"));

    assertThat(stop()).isEqualTo("stopped: the same command goes on with training " + job.name());
  }
}
