package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.Structure;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a {@link MaskTransform} may be drawn from. The paper names geometric transforms and gives no
 * ranges: these are our choice.
 *
 * @param flipChance probability of a mirror image, 0 to 1
 * @param flipHearts whether a sample with a heart may be mirrored, which makes a dextrocardia
 * @param whole all masks together, about the image's centre
 * @param elasticGrid lattice cells a side, 1 to 32
 * @param elasticAmplitude in shorter sides of the image, within 0 to 0.25 / grid; 0: none
 * @param own one structure alone, after that, about its own centroid (a pneumothorax about that of
 *     its side); not for lungs, which carry the rest
 */
public record TransformRanges(
    double flipChance,
    boolean flipHearts,
    AffineRanges whole,
    int elasticGrid,
    Range elasticAmplitude,
    Map<Structure, AffineRanges> own) {
  /** Changes nothing. */
  public static final TransformRanges NONE =
      new TransformRanges(0, false, AffineRanges.NONE, 4, Range.ZERO, Map.of());

  /**
   * {@link AffineRanges#DEFAULT} and a gentle elastic field (four cells a side, up to 2 % of it);
   * no mirror, and no structure alone.
   */
  public static final TransformRanges DEFAULT =
      new TransformRanges(0, false, AffineRanges.DEFAULT, 4, Range.of(0, 0.02), Map.of());

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the chance is not 0 to 1, the field may fold, or a
   *     structure cannot be moved alone; names the key
   */
  public TransformRanges {
    if (!(flipChance >= 0 && flipChance <= 1)) {
      throw new IllegalArgumentException("flip-chance: " + flipChance + " (expected: 0 to 1)");
    }
    ElasticField.requireUnfolded(elasticGrid, elasticAmplitude);
    EnumMap<Structure, AffineRanges> copy = new EnumMap<>(Structure.class);
    copy.putAll(own);
    for (Structure structure : copy.keySet()) {
      try {
        MaskTransform.requireMovable(structure);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("own." + e.getMessage(), e);
      }
    }
    own = Collections.unmodifiableMap(copy);
  }

  /**
   * Draws a transform, in this order: mirror; rotation, scale, shift x, shift y and shear of the
   * whole; amplitude and seed of the elastic field; then rotation, scale, shift x, shift y and
   * shear of each structure of {@link #own} in the order of {@link Structure}. Each number is drawn
   * whatever its range, so one range changes one number.
   *
   * @param hasHeart whether a heart is there to be mirrored
   */
  MaskTransform draw(boolean hasHeart, SeedStream seeds) {
    boolean flip = seeds.unit() < flipChance && (flipHearts || !hasHeart);
    Affine all = Affine.draw(whole, flip, seeds);
    double amplitude = seeds.in(elasticAmplitude);
    long fieldSeed = seeds.nextLong();
    EnumMap<Structure, Affine> alone = new EnumMap<>(Structure.class);
    own.forEach((structure, ranges) -> alone.put(structure, Affine.draw(ranges, false, seeds)));
    return new MaskTransform(
        all, amplitude > 0 ? new ElasticField(elasticGrid, amplitude, fieldSeed) : null, alone);
  }
}
