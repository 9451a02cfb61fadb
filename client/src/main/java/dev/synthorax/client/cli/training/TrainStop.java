package dev.synthorax.client.cli.training;

import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.TrainingClient;
import dev.synthorax.client.training.TrainingJob;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What becomes of a job whose command is stopped. */
final class TrainStop {
  private static final int PATIENCE_SECONDS = 20; // for a checkpoint

  private TrainStop() {}

  /** Ends a job that would lose its server: after a checkpoint, where there is time for one. */
  static String ofOwnServer(TrainingJob job, TrainingClient training) {
    String how;
    try {
      var _ = training.cancelAsync(job.name()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      how = "stopped with a checkpoint";
    } catch (ExecutionException | TimeoutException | SynthoraxException e) {
      how = "stopped"; // its server went first, or had not begun: the last checkpoint counts
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      how = "stopped";
    }
    return how + ": the same command goes on with training " + job.name();
  }

  /** Leaves a job to its server. */
  static String ofOther(TrainingJob job, TrainingOptions options) {
    return "no longer watching: training "
        + job.name()
        + " goes on if it had begun; watch it with 'synthorax train watch "
        + job.name()
        + options.again()
        + "', end it with 'train cancel'";
  }
}
