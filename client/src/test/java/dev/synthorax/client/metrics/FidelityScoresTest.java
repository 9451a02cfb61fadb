package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FidelityScoresTest {
  private static Features random(String set, int n, int dimension, double shift, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> names = new ArrayList<>();
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double[] row = new double[dimension];
      for (int k = 0; k < dimension; k++) {
        row[k] = random.nextDouble() + shift;
      }
      names.add(seed + "-" + i);
      rows.add(row);
    }
    return Features.of(set, names, rows);
  }

  @Test
  void of_moreFeaturesThanImages_warns() {
    FidelityScores scores =
        FidelityScores.of(random("s", 12, 20, 0, 1), random("s", 40, 20, 0, 2), 5, 0, false);

    assertThat(scores.warnings())
        .hasSize(2)
        .anyMatch(warning -> warning.startsWith("12 real images for 20 features"))
        .anyMatch(warning -> warning.startsWith("12 real and 40 synthetic images"));
    assertThat(scores.featureSet()).isEqualTo("s");
  }

  @Test
  void of_shiftedImages_areFarther() {
    Features real = random("s", 60, 4, 0, 1);

    FidelityScores near = FidelityScores.of(real, random("s", 60, 4, 0, 2), 5, 0, false);
    FidelityScores far = FidelityScores.of(real, random("s", 60, 4, 3, 3), 5, 0, false);

    assertThat(far.frechet()).isGreaterThan(50 * near.frechet());
    assertThat(far.kernel().mean()).isGreaterThan(near.kernel().mean());
    assertThat(far.prdc().coverage()).isZero();
    assertThat(near.prdc().coverage()).isGreaterThan(0.8);
  }

  @Test
  void of_sameSeed_isTheSame() {
    Features real = random("s", 30, 4, 0, 1);
    Features synthetic = random("s", 30, 4, 0.1, 2);

    assertThat(FidelityScores.of(real, synthetic, 5, 9, false))
        .isEqualTo(FidelityScores.of(real, synthetic, 5, 9, false));
    assertThat(FidelityScores.of(real, synthetic, 5, 9, false).kernel())
        .isNotEqualTo(FidelityScores.of(real, synthetic, 5, 10, false).kernel());
  }

  @Test
  void draw_subsets_areGenuine() {
    SplittableRandom random = new SplittableRandom(1);

    int[] first = KernelDistance.draw(20, 10, random);
    int[] second = KernelDistance.draw(20, 10, random);

    assertThat(Arrays.stream(first).distinct().count()).isEqualTo(10);
    assertThat(first).isNotEqualTo(second);
    assertThat(KernelDistance.usualSubsetSize(random("s", 20, 2, 0, 1), random("s", 30, 2, 0, 2)))
        .isEqualTo(10);
  }

  @Test
  void of_anotherFeatureSet_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                FidelityScores.of(
                    random("s", 9, 2, 0, 1), random("other", 9, 2, 0, 2), 5, 0, false))
        .withMessageContaining("'s' of 2")
        .withMessageContaining("'other' of 2");
  }

  @Test
  void of_tooFewImages_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> FidelityScores.of(random("s", 5, 2, 0, 1), random("s", 9, 2, 0, 2), 5, 0, false))
        .withMessageContaining("k: 5 neighbours of 5 and 9 images");
  }

  @Test
  void frechet_sameImages_isZero() {
    Features features = random("s", 50, 6, 0, 1);

    assertThat(FrechetDistance.of(features, features)).isBetween(0.0, 1e-10);
  }

  @Test
  void memorisation_copies_areFoundAndFreshImagesAreNot() {
    Features training = random("s", 80, 4, 0, 1);
    Features heldOut = random("s", 80, 4, 0, 2);

    Memorisation fresh = Memorisation.of(training, heldOut, random("s", 80, 4, 0, 3), 3);
    Memorisation copied = Memorisation.of(training, heldOut, training, 3);

    assertThat(fresh.copies()).isZero();
    assertThat(fresh.medianRatio()).isBetween(0.8, 1.25);
    assertThat(fresh.suspiciousShare()).isLessThan(0.2);
    assertThat(copied.copies()).isEqualTo(80);
    assertThat(copied.medianRatio()).isZero();
    assertThat(copied.suspiciousShare()).isEqualTo(1);
    assertThat(copied.nearest().getFirst()).isEqualTo(new Memorisation.Pair("1-0", "1-0", 0));
  }

  @Test
  void texture_anySize_hasFiniteFeatures() {
    double[] small = TextureFeatures.of(GoldenPictures.of(2, 64));
    double[] large = TextureFeatures.of(GoldenPictures.of(2, 512));

    assertThat(small).hasSize(TextureFeatures.DIMENSION).doesNotContain(Double.NaN);
    assertThat(large[0]).isCloseTo(small[0], Offset.offset(0.01));
  }

  @Test
  void of_standardised_isFreeOfUnits() {
    Features real = random("s", 60, 4, 0, 1);
    Features synthetic = random("s", 60, 4, 0.5, 2);
    Features realInMetres = scaled(real, 1000);
    Features syntheticInMetres = scaled(synthetic, 1000);

    double asGiven = FidelityScores.of(real, synthetic, 5, 0, false).frechet();
    double inMetres = FidelityScores.of(realInMetres, syntheticInMetres, 5, 0, false).frechet();
    FidelityScores free = FidelityScores.of(real, synthetic, 5, 0, true);

    assertThat(inMetres).isCloseTo(1e6 * asGiven, Offset.offset(1e-3));
    assertThat(free.standardised()).isTrue();
    assertThat(FidelityScores.of(realInMetres, syntheticInMetres, 5, 0, true).frechet())
        .isCloseTo(free.frechet(), Offset.offset(1e-9));
  }

  private static Features scaled(Features features, double factor) {
    List<double[]> rows = new ArrayList<>();
    for (double[] row : features.rows()) {
      rows.add(Arrays.stream(row).map(value -> value * factor).toArray());
    }
    return Features.of(features.set(), features.images(), rows);
  }

  @Test
  void msSsim_sizes_areChecked() {
    assertThat(MsSsim.of(GoldenPictures.of(3, 176), GoldenPictures.of(3, 176), 5))
        .isCloseTo(1, Offset.offset(1e-12));
    assertThat(MsSsim.scales(GoldenPictures.of(3, 175))).isEqualTo(4);
    assertThat(MsSsim.scales(GoldenPictures.of(3, 10))).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MsSsim.of(GoldenPictures.of(3, 175), GoldenPictures.of(3, 175), 5))
        .withMessageContaining("sides of at least 176 for 5 scales");
  }
}
