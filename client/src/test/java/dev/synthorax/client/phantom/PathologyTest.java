package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PathologyTest {
  private static final int FILMS = 8000;

  private static List<Pathology> films(Site site, PhantomKnobs knobs) {
    List<Pathology> films = new ArrayList<>();
    long first = site.first(Split.TRAIN);
    for (long seed = first; seed < first + FILMS; seed++) {
      films.add(Pathology.of(seed, Set.of(), knobs));
    }
    return films;
  }

  /** Four standard deviations of a binomial share. */
  private static double bound(double share) {
    return 4 * Math.sqrt(share * (1 - share) / FILMS) + 1e-9;
  }

  private static double share(List<Pathology> films, Finding... findings) {
    return films.stream().filter(f -> f.findings().containsAll(List.of(findings))).count()
        / (double) FILMS;
  }

  @ParameterizedTest
  @EnumSource
  void of_manyFilms_haveThePrevalenceOfTheSite(Site site) {
    List<Pathology> films = films(site, PhantomKnobs.DEFAULT);

    for (Finding finding : Finding.values()) {
      double expected = site.prevalence(finding);
      assertThat(share(films, finding))
          .as(finding.wireName())
          .isCloseTo(expected, within(bound(expected)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_manyFilms_haveTheCooccurrenceOfTheSite(Site site) {
    List<Pathology> films = films(site, PhantomKnobs.DEFAULT);

    for (Finding one : Finding.values()) {
      for (Finding other : Finding.values()) {
        if (one.compareTo(other) < 0 && one != Finding.NORMAL) {
          double expected = site.prior().prevalence(one, other);
          assertThat(share(films, one, other))
              .as("%s with %s", one, other)
              .isCloseTo(expected, within(bound(expected)));
        }
      }
    }
  }

  @Test
  void prevalence_ofTheSites_isNearThatOfTheirDatasets() {
    // shares of positive labels: CheXpert frontals, CANDID-PTX, SIIM-ACR, RSNA Pneumonia
    assertThat(Site.B.prevalence(Finding.PNEUMOTHORAX)).isCloseTo(17_693 / 191_027.0, within(0.02));
    assertThat(Site.B.prevalence(Finding.PLEURAL_EFFUSION))
        .isCloseTo(76_899 / 191_027.0, within(0.07));
    assertThat(Site.B.prevalence(Finding.EDEMA)).isCloseTo(49_675 / 191_027.0, within(0.05));
    assertThat(Site.B.prevalence(Finding.RIB_FRACTURE)).isCloseTo(7_436 / 191_027.0, within(0.01));
    assertThat(Site.C.prevalence(Finding.PNEUMOTHORAX)).isCloseTo(1 / 6.0, within(0.02));
    assertThat(Site.D.prevalence(Finding.PNEUMOTHORAX)).isCloseTo(2_669 / 12_047.0, within(0.01));
    assertThat(Site.E.prevalence(Finding.PNEUMONIA)).isCloseTo(6_012 / 26_684.0, within(0.01));
    assertThat(Site.A.prevalence(Finding.NORMAL)).isBetween(0.25, 0.3);
  }

  @Test
  void of_heartFailure_bringsEdemaWithCardiomegalyMoreOftenThanChance() {
    for (Site site : List.of(Site.B, Site.E)) {
      double joint = site.prior().prevalence(Finding.CARDIOMEGALY, Finding.EDEMA);
      double alone = site.prevalence(Finding.CARDIOMEGALY) * site.prevalence(Finding.EDEMA);

      assertThat(joint).as(site.name()).isGreaterThan(1.5 * alone);
    }
  }

  @Test
  void of_allowedFindings_showsExactlyOneOfThemEvenly() {
    Set<Finding> allowed = Set.of(Finding.EDEMA, Finding.PNEUMOTHORAX);
    int edema = 0;
    for (long seed = 0; seed < 1000; seed++) {
      List<Finding> findings = Pathology.of(seed, allowed, PhantomKnobs.DEFAULT).findings();
      assertThat(findings).hasSize(1);
      assertThat(allowed).containsAll(findings);
      edema += findings.contains(Finding.EDEMA) ? 1 : 0;
    }

    assertThat(edema).isBetween(430, 570);
  }

  @Test
  void of_tubeKnob_setsTheShareOfTubesGivenAPneumothorax() {
    for (double knob : new double[] {0, 0.3, 1}) {
      PhantomKnobs knobs = PhantomKnobs.DEFAULT.withTubeGivenPneumothorax(knob);
      List<Pathology> air =
          films(Site.D, knobs).stream()
              .filter(f -> f.findings().contains(Finding.PNEUMOTHORAX))
              .toList();
      double share = air.stream().filter(f -> f.drain() != null).count() / (double) air.size();

      double bound = 4 * Math.sqrt(knob * (1 - knob) / air.size()) + 1e-9;
      assertThat(share).isCloseTo(knob, within(bound));
    }
  }

  @Test
  void of_anyTube_liesOnTheSideOfAirOrFluid() {
    int tubes = 0;
    for (Pathology film : films(Site.C, PhantomKnobs.DEFAULT)) {
      Drain drain = film.drain();
      if (drain != null) {
        tubes++;
        Lesion air = film.find(Lesion.Pneumothorax.class);
        Lesion fluid = film.find(Lesion.Effusion.class);
        assertThat(
                drain.forAir()
                    ? air != null && air.side() == drain.side()
                    : fluid != null && fluid.side().includes(drain.side()))
            .isTrue();
        assertThat(drain.french()).isBetween(20, 36);
      }
    }
    assertThat(tubes).isGreaterThan(300);
  }

  @Test
  void of_pneumonia_hasFociAndFracturesHaveRibsInTheKnownRanges() {
    Set<Integer> foci = new HashSet<>();
    for (long seed = 0; seed < 2000; seed++) {
      for (Finding finding : List.of(Finding.PNEUMONIA, Finding.RIB_FRACTURE)) {
        Lesion lesion = Pathology.of(seed, Set.of(finding), PhantomKnobs.DEFAULT).lesions().get(0);
        if (lesion instanceof Lesion.Pneumonia pneumonia) {
          foci.add(pneumonia.foci().size());
        }
        if (lesion instanceof Lesion.RibFracture fracture) {
          assertThat(fracture.ribs()).isNotEmpty().allMatch(rib -> rib >= 4 && rib <= 9);
        }
      }
    }
    assertThat(foci).containsExactlyInAnyOrder(1, 2, 3);
  }
}
