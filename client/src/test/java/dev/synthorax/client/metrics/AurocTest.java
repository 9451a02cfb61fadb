package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AurocTest {
  @Test
  void of_separatedScores_isOneOrZero() {
    double[] high = {0.8, 0.9};
    double[] low = {0.1, 0.2, 0.3};

    assertThat(Auroc.of(high, low)).isEqualTo(1);
    assertThat(Auroc.of(low, high)).isEqualTo(0);
  }

  @Test
  void of_ties_countHalf() {
    assertThat(Auroc.of(new double[] {0.5, 0.7}, new double[] {0.5, 0.5})).isEqualTo(0.75);
  }

  @Test
  void of_randomScores_agreesWithAllPairs() {
    var random = new SplittableRandom(5);
    double[] positives = random.doubles(40).map(v -> Math.round(v * 8) / 8.0).toArray();
    double[] negatives = random.doubles(60).map(v -> Math.round(v * 8) / 8.0).toArray();
    double wins = 0;
    for (double p : positives) {
      for (double n : negatives) {
        wins += p > n ? 1 : p == n ? 0.5 : 0;
      }
    }

    double auroc = Auroc.of(positives, negatives);

    assertThat(auroc).isEqualTo(wins / (40 * 60));
  }

  @Test
  void of_emptyOrNaN_isRefused() {
    assertThatThrownBy(() -> Auroc.of(new double[0], new double[] {1}))
        .hasMessageContaining("positives: empty");
    assertThatThrownBy(() -> Auroc.of(new double[] {1}, new double[] {0, Double.NaN}))
        .hasMessageContaining("negatives[1]: NaN");
  }
}
