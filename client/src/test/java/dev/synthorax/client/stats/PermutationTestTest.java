package dev.synthorax.client.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PermutationTestTest {
  private static Differences random(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[] values = random.doubles(n).map(value -> value - 0.44).toArray();
    return Differences.of(values);
  }

  @Test
  void of_manyUnits_isSeededAndNearTheTTest() {
    Differences differences = random(200);
    Clusters clusters = Clusters.singletons(200);
    Resampling resampling = new Resampling(20_000, 5);

    TestResult once =
        PermutationTest.of(differences, clusters, resampling, Alternative.GREATER, 0.95);
    TestResult again =
        PermutationTest.of(differences, clusters, resampling, Alternative.GREATER, 0.95);

    assertThat(again).isEqualTo(once);
    assertThat(once.method()).contains("20000 random sign flips of seed 5");
    assertThat(once.pValue())
        .isCloseTo(
            PairedTTest.of(differences, Alternative.GREATER, 0.95).pValue(), Offset.offset(0.01));
  }

  @Test
  void of_overwhelmingDifference_isNeverZero() {
    double[] values = new double[64];
    Arrays.fill(values, 1);

    TestResult result =
        PermutationTest.of(
            Differences.of(values),
            Clusters.singletons(64),
            new Resampling(2000, 0),
            Alternative.GREATER,
            0.95);

    assertThat(result.pValue()).isEqualTo(1.0 / 2001);
  }
}
