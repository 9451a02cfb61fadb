package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import org.junit.jupiter.api.Test;

class FilmTest {
  private static final int SIZE = 128;

  private static double fraction(double scatterToPrimary) {
    return scatterToPrimary / (1 + scatterToPrimary);
  }

  @Test
  void scatterToPrimary_withoutGrid_isNineTenthsOfTheMediastinumsSignal() {
    assertThat(fraction(Film.scatterToPrimary(4.2))).isCloseTo(0.9, within(0.02));
    assertThat(fraction(Film.scatterToPrimary(1.8))).isBetween(0.4, 0.6);
    assertThat(Film.scatterToPrimary(0)).isZero();
  }

  @Test
  void scatterToPrimary_withTheGridsOfSiteA_leavesMostOfItOut() {
    FilmLook look = Site.A.prior().look();
    double mediastinum = Film.scatterToPrimary(4.2);

    assertThat(fraction(look.grid().low() * mediastinum)).isGreaterThan(0.35);
    assertThat(fraction(look.grid().high() * mediastinum)).isLessThan(0.7);
  }

  @Test
  void develop_portableFilm_isNoisierThanPa() {
    double pa = 0;
    double ap = 0;
    for (long seed = 0; seed < 12; seed++) {
      pa += grain(Phantoms.sample(Cases.spec(seed, SIZE, Finding.NORMAL, Cases.PA)));
      ap += grain(Phantoms.sample(Cases.spec(seed, SIZE, Finding.NORMAL, Cases.AP)));
    }

    assertThat(ap).isGreaterThan(1.1 * pa);
  }

  /** Mean difference of neighbours two pixels apart in the belly, where nothing else differs. */
  private static double grain(Sample sample) {
    double sum = 0;
    for (int y = SIZE - 12; y < SIZE - 4; y++) {
      for (int x = 40; x < 56; x++) {
        sum += Math.abs(sample.image().at(x + 2, y) - sample.image().at(x, y));
      }
    }
    return sum;
  }

  @Test
  void develop_filmsOfTheSites_differInLook() {
    double[] lungs = new double[2];
    for (long i = 0; i < 24; i++) {
      Site[] sites = {Site.B, Site.D};
      for (int k = 0; k < 2; k++) {
        long seed = sites[k].first(Split.TRAIN) + i;
        Sample sample = Cases.sample(seed, SIZE, Finding.NORMAL);
        lungs[k] += Regions.mean(sample.image(), sample.mask(Structure.LUNGS)) / 24;
      }
    }

    assertThat(lungs[0]).isGreaterThan(lungs[1] + 10);
  }

  @Test
  void effusion_lying_isAVeilWithoutAMeniscus() {
    int cases = 0;
    for (long seed = 0; seed < 60; seed++) {
      Thorax thorax =
          new Thorax(Examination.of(Cases.spec(seed, 64, Finding.PLEURAL_EFFUSION, Cases.AP)));
      if (thorax.habitus.geometry.posture() != Geometry.Posture.SUPINE) {
        continue;
      }
      cases++;
      Side side = thorax.fluids.get(0).side();
      double high = Calc.mix(thorax.habitus.apexY, thorax.habitus.domeY(side), 0.3);
      double low = Calc.mix(thorax.habitus.apexY, thorax.habitus.domeY(side), 0.95);
      double above = thorax.fluidShare(side, 7, high);
      double below = thorax.fluidShare(side, 7, low);

      assertThat(above).as("seed %d", seed).isBetween(0.03, 0.6);
      assertThat(below).as("seed %d", seed).isGreaterThan(above).isLessThan(0.75);
    }
    assertThat(cases).isGreaterThan(8);
  }

  @Test
  void pneumothorax_lying_deepensTheSulcus() {
    int cases = 0;
    for (long seed = 0; seed < 30; seed++) {
      Thorax ill = new Thorax(Examination.of(Cases.spec(seed, 64, Finding.PNEUMOTHORAX, Cases.AP)));
      if (ill.habitus.geometry.posture() == Geometry.Posture.SUPINE && ill.air != null) {
        cases++;

        assertThat(ill.habitus.domeHeight(ill.air.side()))
            .as("seed %d", seed)
            .isGreaterThan(ill.habitus.domeHeight(ill.air.side().other()) + 0.7);
      }
    }
    assertThat(cases).isGreaterThan(4);
  }
}
