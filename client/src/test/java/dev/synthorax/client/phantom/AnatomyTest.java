package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class AnatomyTest {
  private static List<Habitus> people(boolean male) {
    List<Habitus> people = new ArrayList<>();
    for (long seed = 0; people.size() < 400; seed++) {
      Habitus one = new Habitus(Examination.of(Cases.spec(seed, 64, Finding.NORMAL, Cases.PA)));
      if (one.male == male) {
        people.add(one);
      }
    }
    return people;
  }

  private static double mean(List<Habitus> people, ToDoubleFunction<Habitus> what) {
    return people.stream().mapToDouble(what).average().orElseThrow();
  }

  /** Slope of a straight line through what over age, a decade. */
  private static double aDecade(List<Habitus> people, ToDoubleFunction<Habitus> what) {
    double age = mean(people, h -> h.ageYears);
    double value = mean(people, what);
    double covariance = mean(people, h -> (h.ageYears - age) * (what.applyAsDouble(h) - value));
    return 10 * covariance / mean(people, h -> (h.ageYears - age) * (h.ageYears - age));
  }

  @Test
  void habitus_menAndWomen_haveThePublishedSizes() {
    List<Habitus> men = people(true);
    List<Habitus> women = people(false);

    assertThat(mean(men, h -> 2 * (h.halfWidth + h.wallSide - 0.3))).isCloseTo(31.8, within(1.6));
    assertThat(mean(women, h -> 2 * (h.halfWidth + h.wallSide))).isCloseTo(28.0, within(1.6));
    assertThat(mean(men, h -> 2 * h.halfDepth + h.wallDepth)).isCloseTo(21.4, within(2.0));
    assertThat(mean(women, h -> 2 * h.halfDepth + h.wallDepth)).isCloseTo(19.4, within(2.0));
    for (List<Habitus> all : List.of(men, women)) {
      assertThat(mean(all, h -> h.domeLeftY - h.domeRightY)).isBetween(1.4, 1.8);
      assertThat(mean(all, h -> h.baseY - h.apexY)).isBetween(20.0, 27.0);
    }
  }

  @Test
  void habitus_withAge_bonesThinAortaUnfoldsAndChestDeepens() {
    for (boolean male : new boolean[] {true, false}) {
      List<Habitus> people = people(male);

      assertThat(aDecade(people, h -> h.bone)).isBetween(-0.1, -0.02);
      assertThat(aDecade(people, h -> h.unfolding)).isBetween(0.08, 0.14);
      assertThat(aDecade(people, h -> h.halfDepth / h.halfWidth)).isGreaterThan(0.002);
      assertThat(aDecade(people, h -> h.pitch)).isLessThan(0);
    }
    assertThat(aDecade(people(false), h -> h.bone)).isLessThan(aDecade(people(true), h -> h.bone));
  }

  @Test
  void sample_filmsOfOnePatient_showOnePersonWithOtherFindingsAndFilm() {
    long seed = 10_000_000;
    while (Site.patient(seed + 1) != seed) {
      seed += 8;
    }
    Sample first = Phantoms.sample(seed, 64);
    Sample second = Phantoms.sample(seed + 1, 64);
    Thorax one = new Thorax(Examination.of(PhantomSpec.of(seed, 64)));
    Thorax other = new Thorax(Examination.of(PhantomSpec.of(seed + 1, 64)));

    assertThat(second.info().patientId()).isEqualTo(first.info().patientId());
    assertThat(second.info().studyId()).isNotEqualTo(first.info().studyId());
    assertThat(second.info().sex()).isEqualTo(first.info().sex());
    assertThat(second.info().ageYears()).isEqualTo(first.info().ageYears());
    assertThat(other.habitus.halfWidth).isEqualTo(one.habitus.halfWidth);
    assertThat(other.habitus.bone).isEqualTo(one.habitus.bone);
    assertThat(other.habitus.yaw).isNotEqualTo(one.habitus.yaw);
    assertThat(second.image()).isNotEqualTo(first.image());
  }

  @Test
  void portable_breathesLessDeep() {
    for (long seed = 0; seed < 20; seed++) {
      Habitus pa = new Habitus(Examination.of(Cases.spec(seed, 64, Finding.NORMAL, Cases.PA)));
      Habitus ap = new Habitus(Examination.of(Cases.spec(seed, 64, Finding.NORMAL, Cases.AP)));

      assertThat(ap.inspiration).isLessThan(pa.inspiration);
      assertThat(ap.domeRightY - ap.apexY).isLessThan(pa.domeRightY - pa.apexY);
      assertThat(ap.bone).isEqualTo(pa.bone);
    }
  }

  @Test
  void heart_ofManyPatients_liesForAThirdRightOfTheMidline() {
    double right = 0;
    for (long seed = 0; seed < 60; seed++) {
      Thorax thorax = Cases.thorax(seed, Finding.NORMAL);
      double least = 0;
      double most = 0;
      for (double y = -2; y < 14; y += 0.25) {
        double midline = thorax.habitus.spineX(y);
        for (double x = -12; x < 12; x += 0.1) {
          if (thorax.heart.field(midline + x, y) > 0) {
            least = Math.min(least, x);
            most = Math.max(most, x);
          }
        }
      }
      right += -least / (most - least) / 60;
    }

    assertThat(right).isCloseTo(1 / 3.0, within(0.07));
  }
}
