package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills {@code augment} at random. Short by default; the long form is {@code -Daugment.images=500
 * -Daugment.kills=10 -Daugment.seed=N}.
 */
final class AugmentKillTest {
  @TempDir private Path temp;

  @Test
  void augment_killedAndRunAgain_leavesTheBytesOfAnUndisturbedRun(TestReporter reporter)
      throws IOException, InterruptedException {
    int kills = Integer.getInteger("augment.kills", 2);
    KilledRuns runs =
        new KilledRuns(
            temp, Integer.getInteger("augment.images", 30), Long.getLong("augment.seed", 1));

    KilledRuns.Outcome outcome = runs.run(kills, (kills + 2) / 4);

    reporter.publishEntry("outcome", outcome.toString());
    assertThat(outcome.kills()).isPositive();
    assertThat(outcome.files()).isGreaterThan(60);
    assertThat(outcome.differing()).isEmpty();
  }
}
