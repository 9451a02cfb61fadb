package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import org.junit.jupiter.api.Test;

class PleuralFluidTest {
  /** Height at which a layer fills half of the chord at {@code ax}. */
  private static double surface(Thorax thorax, PleuralFluid fluid, double ax) {
    double y = thorax.habitus.apexY + 1;
    while (fluid.share(thorax.cavity, ax, y) < 0.5 && y < 30) {
      y += 0.05;
    }
    return y;
  }

  private record Shapes(int menisci, int domes) {}

  private static Shapes shapes(int seeds) {
    int menisci = 0;
    int domes = 0;
    for (long seed = 0; seed < seeds; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.PLEURAL_EFFUSION);
      PleuralFluid fluid = thorax.fluids.get(0);
      if (thorax.examination.pathology().lesions().get(0).severity() != Severity.MODERATE) {
        continue;
      }
      double w = thorax.habitus.halfWidth;
      double outside = surface(thorax, fluid, 0.92 * w);
      double between = surface(thorax, fluid, 0.66 * w);
      double inside = surface(thorax, fluid, 0.35 * w);
      if (outside < between && between < inside) {
        assertThat(between - outside).as("steepens to the wall, seed %d", seed).isPositive();
        menisci++;
      } else if (between < outside && between < inside) {
        domes++;
      }
      assertThat(thorax.habitus.domeY(fluid.side()))
          .as("above the dome, seed %d", seed)
          .isGreaterThan(Math.min(outside, between));
    }
    return new Shapes(menisci, domes);
  }

  @Test
  void share_upright_isAMeniscusAndSeldomASubpulmonicDome() {
    Shapes shapes = shapes(200);

    assertThat(shapes.menisci()).isGreaterThan(40);
    assertThat(shapes.domes()).isBetween(3, shapes.menisci() / 2);
  }
}
