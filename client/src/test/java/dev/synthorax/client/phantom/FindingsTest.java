package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import org.junit.jupiter.api.Test;

/**
 * Each finding beside the same patient without it: it must change the picture where a radiologist
 * looks for it.
 */
class FindingsTest {
  private static final int SIZE = 128;
  private static final int SEEDS = 40;

  private static Sample with(long seed, Finding finding) {
    return Cases.sample(seed, SIZE, finding);
  }

  private static Object attribute(Sample sample, Finding finding, String what) {
    return String.valueOf(sample.info().attributes().get(finding.wireName() + "_" + what));
  }

  private static double ctr(Sample sample) {
    return (Double) requireNonNull(sample.info().attributes().get("ctr"));
  }

  @Test
  void effusion_moderateOrLarge_whitensTheBaseOfItsSideAlone() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Sample ill = with(seed, Finding.PLEURAL_EFFUSION);
      if (attribute(ill, Finding.PLEURAL_EFFUSION, "severity").equals("small")) {
        continue;
      }
      Sample well = with(seed, Finding.NORMAL);
      String side = (String) attribute(ill, Finding.PLEURAL_EFFUSION, "side");
      BinaryMask lungs = well.mask(Structure.LUNGS);

      assertThat(baseChange(ill, well, lungs, 0, 64) > 15)
          .as("right base brighter, seed %d", seed)
          .isEqualTo(!side.equals("left"));
      assertThat(baseChange(ill, well, lungs, 64, SIZE) > 15)
          .as("left base brighter, seed %d", seed)
          .isEqualTo(!side.equals("right"));
    }
  }

  /** How much brighter the lowest sixth of the lung field between two columns is. */
  private static double baseChange(Sample ill, Sample well, BinaryMask lungs, int left, int right) {
    int bottom = SIZE;
    int top = 0;
    while (!anyInside(lungs, left, right, bottom - 1)) {
      bottom--;
    }
    while (!anyInside(lungs, left, right, top)) {
      top++;
    }
    int from = bottom - (bottom - top) / 6;
    return Regions.mean(ill.image(), lungs, left, right, from, bottom)
        - Regions.mean(well.image(), lungs, left, right, from, bottom);
  }

  private static boolean anyInside(BinaryMask mask, int left, int right, int row) {
    for (int x = left; x < right; x++) {
      if (mask.at(x, row)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void pneumothorax_anySize_isDarkerAndPlainerThanTheSameLungInflated() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Sample ill = with(seed, Finding.PNEUMOTHORAX);
      BinaryMask air = ill.mask(Structure.PNEUMOTHORAX);
      Sample well = with(seed, Finding.NORMAL);
      String severity = (String) attribute(ill, Finding.PNEUMOTHORAX, "severity");

      double share = (double) air.area() / (SIZE * SIZE);
      switch (severity) {
        case "small" -> assertThat(share).as("seed %d", seed).isBetween(0.012, 0.05);
        case "moderate" -> assertThat(share).as("seed %d", seed).isBetween(0.035, 0.10);
        default -> assertThat(share).as("seed %d", seed).isBetween(0.07, 0.22);
      }
      assertThat(Regions.mean(ill.image(), air))
          .as("darker, seed %d", seed)
          .isLessThan(Regions.mean(well.image(), air) - 5);
      double middle = 0;
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          middle += air.at(x, y) ? (double) x / air.area() : 0;
        }
      }
      assertThat(middle < 64)
          .as("on its side, seed %d", seed)
          .isEqualTo(attribute(ill, Finding.PNEUMOTHORAX, "side").equals("right"));
    }
  }

  @Test
  void pneumothorax_large_hasNoVesselsBeyondThePleura() {
    double ill = 0;
    double well = 0;
    int cases = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Sample sample = with(seed, Finding.PNEUMOTHORAX);
      if (attribute(sample, Finding.PNEUMOTHORAX, "severity").equals("large")) {
        BinaryMask air = sample.mask(Structure.PNEUMOTHORAX);
        Thorax collapsed = Cases.thorax(seed, Finding.PNEUMOTHORAX);
        Thorax inflated = Cases.thorax(seed, Finding.NORMAL);
        ill += vessels(collapsed, air);
        well += vessels(inflated, air);
        cases++;
      }
    }

    assertThat(cases).isGreaterThan(5);
    assertThat(ill).isLessThan(0.05 * well);
  }

  private static double vessels(Thorax thorax, BinaryMask mask) {
    float[] vessels =
        new Shadows(thorax, new Frame(thorax.examination, thorax.habitus, SIZE)).vessels;
    double sum = 0;
    for (int i = 0; i < vessels.length; i++) {
      sum += mask.at(i % SIZE, i / SIZE) ? vessels[i] : 0;
    }
    return sum;
  }

  @Test
  void cardiomegaly_anySize_hasTheRatioItsMaskShows() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Sample ill = with(seed, Finding.CARDIOMEGALY);
      Sample well = with(seed, Finding.NORMAL);

      assertThat(ctr(ill)).as("seed %d", seed).isGreaterThan(0.52);
      assertThat(ctr(well)).as("seed %d", seed).isLessThan(0.5);
      assertThat((double) width(ill.mask(Structure.HEART)) / width(well.mask(Structure.HEART)))
          .as("seed %d", seed)
          .isCloseTo(ctr(ill) / ctr(well), org.assertj.core.data.Percentage.withPercentage(5));
    }
  }

  private static int width(BinaryMask mask) {
    int first = SIZE;
    int last = 0;
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        if (mask.at(x, y)) {
          first = Math.min(first, x);
          last = Math.max(last, x);
        }
      }
    }
    return last - first + 1;
  }

  @Test
  void consolidation_moderateOrLarge_whitensItsLungAlone() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Sample ill = with(seed, Finding.CONSOLIDATION);
      if (attribute(ill, Finding.CONSOLIDATION, "severity").equals("small")) {
        continue;
      }
      Sample well = with(seed, Finding.NORMAL);
      boolean right = attribute(ill, Finding.CONSOLIDATION, "side").equals("right");
      BinaryMask lungs = well.mask(Structure.LUNGS);
      double here = lungChange(ill, well, lungs, right);
      double there = lungChange(ill, well, lungs, !right);

      assertThat(here).as("seed %d", seed).isGreaterThan(4);
      assertThat(here).as("seed %d", seed).isGreaterThan(2 * Math.abs(there));
    }
  }

  private static double lungChange(Sample ill, Sample well, BinaryMask lungs, boolean right) {
    int from = right ? 0 : 64;
    return Regions.mean(ill.image(), lungs, from, from + 64, 0, SIZE)
        - Regions.mean(well.image(), lungs, from, from + 64, 0, SIZE);
  }

  @Test
  void edema_anySize_hazesTheHilaMoreThanThePeriphery() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Sample ill = with(seed, Finding.EDEMA);
      Sample well = with(seed, Finding.NORMAL);
      BinaryMask lungs = ill.mask(Structure.LUNGS);

      double inner = change(ill, well, lungs, 34, 94);
      double outer = 0.5 * (change(ill, well, lungs, 8, 28) + change(ill, well, lungs, 100, 120));

      assertThat(inner).as("seed %d", seed).isGreaterThan(outer + 2);
    }
  }

  private static double change(Sample ill, Sample well, BinaryMask mask, int left, int right) {
    return Regions.mean(ill.image(), mask, left, right, 30, 80)
        - Regions.mean(well.image(), mask, left, right, 30, 80);
  }

  @Test
  void atelectasis_large_raisesTheDomeAndDrawsTheHeart() {
    int cases = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Thorax ill = Cases.thorax(seed, Finding.ATELECTASIS);
      Lesion lesion = ill.examination.pathology().lesions().get(0);
      if (lesion.severity() == Severity.LARGE) {
        Thorax well = Cases.thorax(seed, Finding.NORMAL);
        Side side = lesion.side();
        cases++;

        assertThat(well.habitus.domeY(side) - ill.habitus.domeY(side))
            .as("seed %d", seed)
            .isGreaterThan(2);
        assertThat(ill.habitus.shift < -1).as("seed %d", seed).isEqualTo(side == Side.RIGHT);
      }
    }
    assertThat(cases).isGreaterThan(5);
  }

  @Test
  void normal_anySeed_hasTheLeftHilumAboveTheRightAndTheRightDomeAboveTheLeft() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Habitus habitus = Cases.thorax(seed, Finding.NORMAL).habitus;

      assertThat(habitus.domeLeftY - habitus.domeRightY).as("seed %d", seed).isBetween(0.4, 2.7);
      assertThat(habitus.baseY - habitus.apexY)
          .as("lung height, seed %d", seed)
          .isBetween(18.0, 30.0);
      assertThat(2 * habitus.halfWidth).as("inner width, seed %d", seed).isBetween(20.0, 34.0);
    }
  }
}
