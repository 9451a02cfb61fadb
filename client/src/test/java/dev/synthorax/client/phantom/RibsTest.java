package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import org.junit.jupiter.api.Test;

class RibsTest {
  private static final int SEEDS = 60;
  private static final double DEGREE = Math.PI / 180;

  /** Fall of a rib, in degrees, between two angles of its course. */
  private static double fall(Thorax thorax, int rib, int sign, double from, double to) {
    Tube tube = new Tube(2);
    thorax.ribs.place(tube, rib, sign, from, 0);
    thorax.ribs.place(tube, rib, sign, to, 0);
    return Math.atan2(tube.ys[1] - tube.ys[0], Math.abs(tube.xs[1] - tube.xs[0])) / DEGREE;
  }

  @Test
  void place_behindAndInFront_fallsAsRibsDo() {
    double behind = 0;
    double before = 0;
    int count = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.NORMAL);
      for (int rib = 3; rib < 8; rib++) {
        behind += fall(thorax, rib, seed % 2 == 0 ? 1 : -1, 0.6, 1.3);
        before +=
            fall(thorax, rib, seed % 2 == 0 ? 1 : -1, Ribs.HALF_PI + 0.35, Ribs.HALF_PI + 0.8);
        count++;
      }
    }

    assertThat(behind / count).isBetween(20.0, 35.0);
    assertThat(before / count).isBetween(38.0, 52.0);
  }

  @Test
  void place_deepInspiration_showsNineToTenRibsBehindAboveTheDiaphragm() {
    double above = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.NORMAL);
      double dome = 0.43 * thorax.habitus.halfWidth;
      for (int rib = 0; rib < 12; rib++) {
        Tube tube = new Tube(1);
        for (double angle = 0.1; tube.count == 0 || -tube.xs[0] < dome; angle += 0.02) {
          tube.clear();
          thorax.ribs.place(tube, rib, -1, angle, 0);
        }
        above += tube.ys[0] < thorax.cavity.domeEdge(Side.RIGHT, dome) ? 1 : 0;
      }
    }

    assertThat(above / SEEDS).isBetween(8.8, 10.6);
  }

  @Test
  void drawRegions_anyFracture_lieOnTheWallOfTheChest() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.RIB_FRACTURE);
      Frame frame = new Frame(thorax.examination, thorax.habitus, 128);
      byte[] mask = new Shadows(thorax, frame).fractureMask;
      int cells = 0;
      for (int i = 0; i < mask.length; i++) {
        if (mask[i] != 0) {
          int column = i % 128;
          int row = i / 128;
          double x = frame.x(column + 0.5, row + 0.5);
          double y = frame.y(column + 0.5, row + 0.5);
          double fromSpine = Math.abs(x - 0.5 * thorax.habitus.spineX(y));
          cells++;

          assertThat(fromSpine).as("seed %d", seed).isLessThan(thorax.cavity.halfWidth(y) + 1.6);
          assertThat(y)
              .as("seed %d", seed)
              .isBetween(thorax.habitus.apexY, thorax.habitus.baseY + 3);
        }
      }
      assertThat(cells * 1.0 / (frame.scale * frame.scale))
          .as("square centimetres, seed %d", seed)
          .isBetween(0.8, 4.0 * thorax.breaks.size());
    }
  }

  @Test
  void place_muchAir_spreadsTheRibsOfItsSide() {
    int cases = 0;
    for (long seed = 0; seed < 40; seed++) {
      Thorax ill = Cases.thorax(seed, Finding.PNEUMOTHORAX);
      if (ill.air != null && ill.habitus.ribSpread(ill.air.side() == Side.RIGHT ? -1 : 1) > 0) {
        Thorax well = Cases.thorax(seed, Finding.NORMAL);
        int sign = ill.air.side() == Side.RIGHT ? -1 : 1;
        cases++;

        assertThat(ill.ribs.sideY(8, sign) - ill.ribs.sideY(2, sign))
            .isGreaterThan(well.ribs.sideY(8, sign) - well.ribs.sideY(2, sign) + 0.3);
        assertThat(ill.habitus.domeHeight(ill.air.side())).isLessThan(Habitus.DOME_HEIGHT);
        assertThat(ill.ribs.sideY(8, -sign)).isEqualTo(well.ribs.sideY(8, -sign));
      }
    }
    assertThat(cases).isGreaterThan(5);
  }
}
