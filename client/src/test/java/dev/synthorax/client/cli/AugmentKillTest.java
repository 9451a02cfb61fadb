package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link KilledRuns}. */
final class AugmentKillTest {
  @TempDir private Path temp;

  @Test
  void augment_killedAndRunAgain_leavesTheBytesOfAnUndisturbedRun()
      throws IOException, InterruptedException {
    KilledRuns.Outcome outcome = new KilledRuns(temp, 40, 1).run(3, 1);

    assertThat(outcome.kills()).isPositive();
    assertThat(outcome.files()).isGreaterThan(80);
    assertThat(outcome.differing()).isEmpty();
  }
}
