package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeometryTest {
  private static final Geometry SUPINE = Geometry.of(View.AP, true);

  @Test
  void onDetector_heart_isMagnifiedLittleInPaAndMuchInAp() {
    double heart = 3.5;

    assertThat(Geometry.ERECT_PA.onDetector(heart)).isCloseTo(1.1, within(0.05));
    assertThat(SUPINE.onDetector(heart)).isBetween(1.2, 1.25);
    assertThat(Geometry.ERECT_PA.onDetector(heart)).isCloseTo(180 / (166 + heart), within(1e-12));
    assertThat(SUPINE.onDetector(heart)).isCloseTo(100 / (86 - heart), within(1e-12));
  }

  @Test
  void magnification_growsTowardsTheSource() {
    assertThat(Geometry.ERECT_PA.magnification(0)).isEqualTo(1);
    assertThat(Geometry.ERECT_PA.magnification(-5)).isGreaterThan(1);
    assertThat(SUPINE.magnification(5)).isGreaterThan(1);
    assertThat(Geometry.ERECT_PA.relative(7)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void cardiothoracicRatio_anySite_staysOnItsSideOfTheThreshold(Site site) {
    for (long i = 0; i < 25; i++) {
      long seed = site.first(Split.TRAIN) + i;
      for (PhantomKnobs view : new PhantomKnobs[] {Cases.PA, Cases.AP}) {
        double threshold = Cases.PA.equals(view) ? 0.5 : 0.55;
        Heart well = heart(seed, Finding.NORMAL, view);
        Heart ill = heart(seed, Finding.CARDIOMEGALY, view);

        assertThat(well.cardiothoracicRatio()).as("seed %d", seed).isLessThan(threshold);
        assertThat(ill.cardiothoracicRatio()).as("seed %d", seed).isGreaterThan(threshold);
      }
    }
  }

  private static Heart heart(long seed, Finding finding, PhantomKnobs view) {
    return new Thorax(Examination.of(Cases.spec(seed, 64, finding, view))).heart;
  }

  @Test
  void cardiothoracicRatio_samePatient_isLargerInApThanInPa() {
    for (long seed = 0; seed < 30; seed++) {
      Heart pa = heart(seed, Finding.NORMAL, Cases.PA);
      Heart ap = heart(seed, Finding.NORMAL, Cases.AP);

      assertThat(ap.cardiothoracicRatio() / pa.cardiothoracicRatio()).isBetween(1.06, 1.16);
      assertThat(pa.cardiothoracicRatio()).isLessThan(pa.trueRatio()); // nearer the detector
      assertThat(ap.cardiothoracicRatio()).isGreaterThan(ap.trueRatio());
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_manyFilms_haveTheViewsOfTheSite(Site site) {
    int films = 4000;
    int portable = 0;
    for (long i = 0; i < films; i++) {
      Examination film = Examination.of(PhantomSpec.of(site.first(Split.TRAIN) + i, 64));
      portable += film.geometry().portable() ? 1 : 0;
    }

    double well = site.prevalence(Finding.NORMAL);
    SitePrior.Practice practice = site.prior().practice();
    double expected = well * practice.portableWell() + (1 - well) * practice.portableIll();
    assertThat(portable / (double) films)
        .isCloseTo(expected, within(4 * Math.sqrt(expected * (1 - expected) / films)));
  }
}
