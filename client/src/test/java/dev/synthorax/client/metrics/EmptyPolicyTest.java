package dev.synthorax.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.BinaryMask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmptyPolicyTest {
  private static final BinaryMask EMPTY = BinaryMask.of(3, 2, new byte[6]);
  private static final BinaryMask FULL = BinaryMask.of(3, 2, new byte[] {1, 1, 1, 1, 1, 1});

  @ParameterizedTest
  @CsvSource({
    // policy, both empty: overlap, distance; truth empty: overlap, distance
    "UNDEFINED, NaN, NaN, 0, Infinity",
    "PERFECT, 1, 0, 0, Infinity",
    "WORST, 0, Infinity, 0, Infinity",
    "POSITIVES_ONLY, NaN, NaN, NaN, NaN"
  })
  void maskScores_emptyMasks_followThePolicy(
      EmptyPolicy policy, double overlap, double distance, double overTruth, double overDistance) {
    for (SurfaceConvention convention : SurfaceConvention.values()) {
      MaskScores.Settings settings =
          new MaskScores.Settings(PixelSpacing.PIXELS, 1, convention, policy);

      assertThat(MaskScores.of(EMPTY, EMPTY, settings))
          .isEqualTo(new MaskScores(overlap, overlap, distance, overlap));
      assertThat(MaskScores.of(EMPTY, FULL, settings))
          .isEqualTo(new MaskScores(overTruth, overTruth, overDistance, overTruth));
      assertThat(MaskScores.of(FULL, EMPTY, settings))
          .isEqualTo(new MaskScores(0, 0, Double.POSITIVE_INFINITY, 0));
      assertThat(MaskScores.of(FULL, FULL, settings)).isEqualTo(new MaskScores(1, 1, 0, 1));
    }
  }
}
