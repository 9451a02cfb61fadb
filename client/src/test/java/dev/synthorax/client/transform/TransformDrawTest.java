package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TransformDrawTest {
  private static final TransformRanges WILD_AIR =
      new TransformRanges(
          0,
          false,
          AffineRanges.NONE,
          4,
          Range.ZERO,
          Map.of(
              Structure.PNEUMOTHORAX,
              new AffineRanges(
                  Range.ZERO, Range.ONE, Range.of(-0.2, 0.2), Range.of(-0.2, 0.2), Range.ZERO)));
  private static final TransformRanges HEART_SIZES =
      new TransformRanges(
          0,
          false,
          AffineRanges.NONE,
          4,
          Range.ZERO,
          Map.of(
              Structure.HEART,
              new AffineRanges(
                  Range.ZERO, Range.of(0.7, 1.4), Range.ZERO, Range.ZERO, Range.ZERO)));

  @Test
  void of_airThatMayLeaveTheLung_isDrawnUntilItDoesNot() {
    Map<Structure, BinaryMask> masks = Thoraces.drawn();
    int redrawn = 0;

    for (long seed = 0; seed < 12; seed++) {
      TransformDraw draw =
          TransformDraw.of(Thoraces.train("a"), masks, WILD_AIR, AnatomyLimits.DEFAULT, seed);
      BinaryMask air = Objects.requireNonNull(draw.masks().get(Structure.PNEUMOTHORAX));
      int inside =
          Objects.requireNonNull(Hemithoraces.of(draw.masks())).inside(air, Hemithoraces.RIGHT);
      redrawn += draw.rejected().size();

      assertThat((double) inside / air.area()).isGreaterThanOrEqualTo(0.95);
      assertThat(draw.seed()).isEqualTo(SeedStream.child(seed, draw.rejected().size()));
      assertThat(draw.transform().apply(masks)).isEqualTo(draw.masks());
    }

    assertThat(redrawn).isPositive();
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {3, 4, 5, 6, 7, 8})
  void of_phantom_keepsTheSizeOfTheHeart(long seed) {
    Sample sample = Thoraces.phantom(seed);
    double before = Objects.requireNonNull(CardiothoracicRatio.of(sample.masks()));

    TransformDraw draw =
        TransformDraw.of(sample.info(), sample.masks(), HEART_SIZES, AnatomyLimits.DEFAULT, seed);
    double after = Objects.requireNonNull(CardiothoracicRatio.of(draw.masks()));

    assertThat(after > 0.5 + (before > 0.5 ? -0.02 : 0.02)).isEqualTo(before > 0.5);
  }

  @Test
  void of_heartWithoutLeaveToFlip_isNeverMirrored() {
    Map<Structure, BinaryMask> masks = Thoraces.drawn();
    TransformRanges flips =
        new TransformRanges(1, false, AffineRanges.NONE, 4, Range.ZERO, Map.of());
    Map<Structure, BinaryMask> lungs =
        Map.of(Structure.LUNGS, Objects.requireNonNull(masks.get(Structure.LUNGS)));

    TransformDraw withHeart =
        TransformDraw.of(Thoraces.train("a"), masks, flips, AnatomyLimits.DEFAULT, 1);
    TransformDraw without =
        TransformDraw.of(Thoraces.train("a"), lungs, flips, AnatomyLimits.DEFAULT, 1);

    assertThat(withHeart.transform().whole().flip()).isFalse();
    assertThat(without.transform().whole().flip()).isTrue();
  }

  @Test
  void of_mirroredAir_isOnTheOtherSideAndValid() {
    TransformRanges flips =
        new TransformRanges(1, true, AffineRanges.NONE, 4, Range.ZERO, Map.of());

    TransformDraw draw =
        TransformDraw.of(Thoraces.train("a"), Thoraces.drawn(), flips, AnatomyLimits.DEFAULT, 1);
    BinaryMask air = Objects.requireNonNull(draw.masks().get(Structure.PNEUMOTHORAX));

    assertThat(Cells.centroid(air)[0]).isGreaterThan(64);
    assertThat(draw.rejected()).isEmpty();
  }

  @Test
  void of_rangesThatAlwaysBreakALimit_namesImageAndLimit() {
    TransformRanges away =
        new TransformRanges(
            0,
            false,
            new AffineRanges(Range.ZERO, Range.ONE, Range.of(0.4, 0.5), Range.ZERO, Range.ZERO),
            4,
            Range.ZERO,
            Map.of());

    assertThatThrownBy(
            () ->
                TransformDraw.of(
                    Thoraces.train("patient7"), Thoraces.drawn(), away, AnatomyLimits.DEFAULT, 1))
        .hasMessageStartingWith(
            "image patient7: 20 transforms broke the anatomy, the last by lungs")
        .hasMessageContaining("expected:");
  }

  @ParameterizedTest
  @EnumSource(
      value = Split.class,
      names = {"VALIDATION", "TEST"})
  void of_parentKeptForReporting_isRefused(Split split) {
    ImageInfo parent = ImageInfo.builder("p").split(split).build();

    assertThatThrownBy(
            () ->
                TransformDraw.of(
                    parent, Thoraces.drawn(), TransformRanges.DEFAULT, AnatomyLimits.DEFAULT, 1))
        .hasMessageStartingWith("image p: split " + split.wireName() + " (expected: train");
  }

  @Test
  void of_lungsOfTheFrame_areNotCutOff() {
    TransformRanges down =
        new TransformRanges(
            0,
            false,
            new AffineRanges(Range.ZERO, Range.ONE, Range.ZERO, Range.of(0, 0.4), Range.ZERO),
            4,
            Range.ZERO,
            Map.of());
    AnatomyLimits strict =
        new AnatomyLimits(0.95, Range.of(0.1, 2), 0.01, 0, 1, Range.of(0, 1), true);
    Map<Structure, BinaryMask> masks = Thoraces.drawn();

    TransformDraw draw = TransformDraw.of(Thoraces.train("a"), masks, down, strict, 4);

    int before = Objects.requireNonNull(masks.get(Structure.LUNGS)).area();
    int after = Objects.requireNonNull(draw.masks().get(Structure.LUNGS)).area();
    assertThat((double) after / before).isGreaterThanOrEqualTo(0.985);
    assertThat(draw.transform().whole().shiftY()).isLessThan(0.25);
  }
}
