package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteTest {
  @Test
  void ranges_allSitesAndSplits_areDisjointAndKnownBySeedAlone() {
    long before = -1;
    for (Site site : Site.values()) {
      for (Split split : new Split[] {Split.TRAIN, Split.TEST, Split.VALIDATION}) {
        assertThat(site.first(split)).isGreaterThan(before);
        before = site.last(split);
        for (long seed : new long[] {site.first(split), site.last(split)}) {
          assertThat(Site.of(seed)).isEqualTo(site);
          assertThat(Site.split(seed)).isEqualTo(split);
        }
      }
    }
  }

  @Test
  void seedRanges_ofSiteA_lieInItsSplits() {
    assertThat(SeedRange.GENERATOR.first()).isEqualTo(Site.A.first(Split.TRAIN));
    assertThat(SeedRange.GENERATOR.last()).isEqualTo(999_999);
    assertThat(SeedRange.JUDGE.first()).isEqualTo(SeedRange.GENERATOR.last() + 1);
    assertThat(SeedRange.JUDGE.last()).isEqualTo(Site.A.last(Split.TRAIN));
    assertThat(SeedRange.TEST.first()).isEqualTo(Site.A.first(Split.TEST));
    assertThat(SeedRange.TEST.last()).isEqualTo(Site.A.last(Split.TEST));
    assertThat(SeedRange.TEST.contains(1_999_999)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {4_000_000, 9_999_999, 14_000_000, 50_000_000, Long.MAX_VALUE})
  void of_seedOfNoSite_isRefused(long seed) {
    assertThatThrownBy(() -> Site.of(seed))
        .hasMessageStartingWith("seed: " + seed + " (expected: a seed of a site: A 0..3999999,");
  }

  @ParameterizedTest
  @EnumSource
  void patient_anySite_isOpenedAsOftenAsSaidAndNeverCrossesABlock(Site site) {
    long first = site.first(Split.TRAIN);
    int patients = 0;
    for (long seed = first; seed < first + 8000; seed++) {
      long patient = Site.patient(seed);
      assertThat(patient).isBetween(seed - seed % 8, seed);
      assertThat(Site.patient(patient)).isEqualTo(patient);
      patients += patient == seed ? 1 : 0;
    }

    double expected = (1 + 7 * site.newPatientShare()) / 8;
    assertThat(patients / 8000.0).isCloseTo(expected, within(0.02));
  }

  @ParameterizedTest
  @EnumSource
  void patient_firstSeedOfASplit_isItsOwn(Site site) {
    for (Split split : Split.values()) {
      assertThat(Site.patient(site.first(split))).isEqualTo(site.first(split));
    }
  }

  @ParameterizedTest
  @EnumSource
  void sample_filmsOfAllSplits_leakNoPatientAlsoWhenDividedAnewByPatient(Site site)
      throws Exception {
    List<DatasetImage> images = new ArrayList<>();
    for (Split split : Split.values()) {
      new PhantomStream(PhantomSpec.of(site.first(split), 64), 24)
          .forEach(1, sample -> images.add(new DatasetImage(sample.info(), info -> sample)));
    }

    Splits.requireDisjoint(images);
    List<DatasetImage> anew =
        Splits.byPatient(images, 7, new Splits.Shares(0.5, 0.25, 0.25), Splits.Own.REPLACE);

    Map<String, Set<Split>> splits = new TreeMap<>();
    for (DatasetImage image : anew) {
      splits
          .computeIfAbsent(image.info().patientId(), id -> EnumSet.noneOf(Split.class))
          .add(requireNonNull(image.info().split()));
    }
    assertThat(splits.values()).allMatch(of -> of.size() == 1);
    assertThat(splits.size() < images.size()).isEqualTo(site.newPatientShare() < 1);
  }
}
