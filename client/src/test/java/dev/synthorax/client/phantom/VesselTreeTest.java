package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import org.junit.jupiter.api.Test;

class VesselTreeTest {
  private static final int SIZE = 320;
  private static final int SEEDS = 16;

  /** Sums of thickness and of its square over a zone, and the thickness near the wall. */
  private static final class Calibres {
    double upper1;
    double upper2;
    double lower1;
    double lower2;
    double rim;

    double lowerToUpper() {
      return (lower2 / lower1) / (upper2 / upper1);
    }
  }

  private static Calibres measure(Finding finding) {
    Calibres sums = new Calibres();
    for (long seed = 0; seed < SEEDS; seed++) {
      Thorax thorax = Cases.thorax(seed, finding);
      Frame frame = new Frame(thorax.examination, thorax.habitus, SIZE);
      float[] vessels = new Shadows(thorax, frame).vessels;
      for (int i = 0; i < vessels.length; i++) {
        int column = i % SIZE;
        int row = i / SIZE;
        double x = frame.x(column + 0.5, row + 0.5);
        double y = frame.y(column + 0.5, row + 0.5);
        double ax = Math.abs(x);
        double v = vessels[i];
        if (ax > thorax.cavity.halfWidth(y) - 0.8) {
          sums.rim += v;
        }
        if (ax > 5 && ax < 10 && y < thorax.habitus.carinaY - 1) {
          sums.upper1 += v;
          sums.upper2 += v * v;
        }
        if (ax > 5 && ax < 10 && y > thorax.habitus.carinaY + 6) {
          sums.lower1 += v;
          sums.lower2 += v * v;
        }
      }
    }
    return sums;
  }

  @Test
  void draw_upright_isWiderBelowAndLeavesTheRimFree() {
    Calibres normal = measure(Finding.NORMAL);

    assertThat(normal.lowerToUpper()).isBetween(1.4, 2.1);
    assertThat(normal.rim).isLessThan(0.002 * (normal.upper1 + normal.lower1));
  }

  @Test
  void draw_edema_cephalises() {
    assertThat(measure(Finding.EDEMA).lowerToUpper()).isLessThan(1.05);
  }
}
