package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.transform.AffineRanges;
import dev.synthorax.client.transform.AnatomyLimits;
import dev.synthorax.client.transform.ImageAugmentationRanges;
import dev.synthorax.client.transform.Range;
import dev.synthorax.client.transform.TransformRanges;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the ranges of transforms are written in a plan: flat, what is left out at its default. */
final class TransformSection {
  private TransformSection() {}

  private static AffineRanges affine(
      AffineRanges otherwise,
      @Nullable Range rotateDegrees,
      @Nullable Range scale,
      @Nullable Range shiftX,
      @Nullable Range shiftY,
      @Nullable Range shearDegrees) {
    return new AffineRanges(
        Checks.orElse(rotateDegrees, otherwise.rotateDegrees()),
        Checks.orElse(scale, otherwise.scale()),
        Checks.orElse(shiftX, otherwise.shiftX()),
        Checks.orElse(shiftY, otherwise.shiftY()),
        Checks.orElse(shearDegrees, otherwise.shearDegrees()));
  }

  /** One structure alone: what is left out does not move. */
  record Own(AffineRanges ranges) {
    @JsonCreator
    static Own of(
        @JsonProperty("rotate-degrees") @Nullable Range rotateDegrees,
        @JsonProperty("scale") @Nullable Range scale,
        @JsonProperty("shift-x") @Nullable Range shiftX,
        @JsonProperty("shift-y") @Nullable Range shiftY,
        @JsonProperty("shear-degrees") @Nullable Range shearDegrees) {
      return new Own(affine(AffineRanges.NONE, rotateDegrees, scale, shiftX, shiftY, shearDegrees));
    }
  }

  /** The section {@code transforms}. */
  record Transforms(TransformRanges ranges) {
    @JsonCreator
    static Transforms of(
        @JsonProperty("flip-chance") @Nullable Double flipChance,
        @JsonProperty("flip-hearts") @Nullable Boolean flipHearts,
        @JsonProperty("rotate-degrees") @Nullable Range rotateDegrees,
        @JsonProperty("scale") @Nullable Range scale,
        @JsonProperty("shift-x") @Nullable Range shiftX,
        @JsonProperty("shift-y") @Nullable Range shiftY,
        @JsonProperty("shear-degrees") @Nullable Range shearDegrees,
        @JsonProperty("elastic-grid") @Nullable Integer elasticGrid,
        @JsonProperty("elastic-amplitude") @Nullable Range elasticAmplitude,
        @JsonProperty("own") @Nullable Map<Structure, Own> own) {
      TransformRanges otherwise = TransformRanges.DEFAULT;
      EnumMap<Structure, AffineRanges> alone = new EnumMap<>(Structure.class);
      if (own != null) {
        own.forEach((structure, ranges) -> alone.put(structure, ranges.ranges));
      }
      return new Transforms(
          new TransformRanges(
              Checks.orElse(flipChance, otherwise.flipChance()),
              Checks.orElse(flipHearts, otherwise.flipHearts()),
              affine(otherwise.whole(), rotateDegrees, scale, shiftX, shiftY, shearDegrees),
              Checks.orElse(elasticGrid, otherwise.elasticGrid()),
              Checks.orElse(elasticAmplitude, otherwise.elasticAmplitude()),
              alone));
    }
  }

  /** The section {@code limits}. */
  record Limits(AnatomyLimits limits) {
    @JsonCreator
    static Limits of(
        @JsonProperty("min-in-hemithorax") @Nullable Double minInHemithorax,
        @JsonProperty("area-ratio") @Nullable Range areaRatio,
        @JsonProperty("max-lungs-cut") @Nullable Double maxLungsCut,
        @JsonProperty("min-wall") @Nullable Double minWall,
        @JsonProperty("max-beyond-chest") @Nullable Double maxBeyondChest,
        @JsonProperty("cardiothoracic-ratio") @Nullable Range cardiothoracicRatio,
        @JsonProperty("keep-heart-size") @Nullable Boolean keepHeartSize) {
      AnatomyLimits otherwise = AnatomyLimits.DEFAULT;
      return new Limits(
          new AnatomyLimits(
              Checks.orElse(minInHemithorax, otherwise.minInHemithorax()),
              Checks.orElse(areaRatio, otherwise.areaRatio()),
              Checks.orElse(maxLungsCut, otherwise.maxLungsCut()),
              Checks.orElse(minWall, otherwise.minWall()),
              Checks.orElse(maxBeyondChest, otherwise.maxBeyondChest()),
              Checks.orElse(cardiothoracicRatio, otherwise.cardiothoracicRatio()),
              Checks.orElse(keepHeartSize, otherwise.keepHeartSize())));
    }
  }

  /** The section {@code classical}. */
  record Classical(ImageAugmentationRanges ranges) {
    @JsonCreator
    static Classical of(
        @JsonProperty("flip-chance") @Nullable Double flipChance,
        @JsonProperty("rotate-degrees") @Nullable Range rotateDegrees,
        @JsonProperty("scale") @Nullable Range scale,
        @JsonProperty("shift-x") @Nullable Range shiftX,
        @JsonProperty("shift-y") @Nullable Range shiftY,
        @JsonProperty("shear-degrees") @Nullable Range shearDegrees,
        @JsonProperty("brightness") @Nullable Range brightness,
        @JsonProperty("contrast") @Nullable Range contrast,
        @JsonProperty("gamma") @Nullable Range gamma,
        @JsonProperty("noise") @Nullable Range noise,
        @JsonProperty("blur") @Nullable Range blur) {
      ImageAugmentationRanges otherwise = ImageAugmentationRanges.DEFAULT;
      return new Classical(
          new ImageAugmentationRanges(
              Checks.orElse(flipChance, otherwise.flipChance()),
              affine(otherwise.affine(), rotateDegrees, scale, shiftX, shiftY, shearDegrees),
              Checks.orElse(brightness, otherwise.brightness()),
              Checks.orElse(contrast, otherwise.contrast()),
              Checks.orElse(gamma, otherwise.gamma()),
              Checks.orElse(noise, otherwise.noise()),
              Checks.orElse(blur, otherwise.blur())));
    }
  }
}
