package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ElasticFieldTest {
  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void displace_largestAmplitude_neverFolds(long seed) {
    ElasticField.Lattice lattice = new ElasticField(5, 0.05, seed).over(90, 60);
    double step = 1e-4;
    double least = Double.POSITIVE_INFINITY;

    for (double y = 0.5; y < 60; y++) {
      for (double x = 0.5; x < 90; x++) {
        double[] here = at(lattice, x, y);
        double[] right = at(lattice, x + step, y);
        double[] below = at(lattice, x, y + step);
        double jacobian =
            (right[0] - here[0]) * (below[1] - here[1])
                - (below[0] - here[0]) * (right[1] - here[1]);
        least = Math.min(least, jacobian / (step * step));
      }
    }

    assertThat(least).isPositive();
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {1, 2, 3})
  void displace_anywhere_staysWithinTheAmplitude(long seed) {
    ElasticField.Lattice lattice = new ElasticField(4, 0.05, seed).over(100, 200);

    for (double y = -50; y < 250; y += 3) {
      for (double x = -50; x < 150; x += 3) {
        double[] to = at(lattice, x, y);
        assertThat(Math.abs(to[0] - x)).isBetween(0.0, 5.0);
        assertThat(Math.abs(to[1] - y)).isBetween(0.0, 5.0);
      }
    }
  }

  @Test
  void new_amplitudeThatCouldFold_isRefused() {
    assertThatThrownBy(() -> new ElasticField(4, 0.0626, 1))
        .hasMessageContaining("elastic-amplitude")
        .hasMessageContaining("0.0626")
        .hasMessageContaining("= 0.0625");
  }

  private static double[] at(ElasticField.Lattice lattice, double x, double y) {
    double[] point = {x, y};
    lattice.displace(point);
    return point;
  }
}
