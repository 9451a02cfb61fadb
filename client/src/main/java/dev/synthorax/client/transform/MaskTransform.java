package dev.synthorax.client.transform;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One transform of the masks of a sample: an elastic displacement, then a plane map of all of them
 * about the image's centre, then plane maps of single structures.
 *
 * <p>A mirror image swaps {@code left_lung} and {@code right_lung}. Where the heart moves alone,
 * the lungs give way: cells it takes leave the lungs, and in each row cells it leaves beside a lung
 * become lung.
 *
 * @param whole of all masks, about the image's centre
 * @param elastic before it; null: none
 * @param own of single structures, after it; never mirrors
 */
public record MaskTransform(
    Affine whole, @Nullable ElasticField elastic, Map<Structure, Affine> own) {
  /** Changes nothing. */
  public static final MaskTransform IDENTITY = new MaskTransform(Affine.IDENTITY, null, Map.of());

  /**
   * Copies the single maps.
   *
   * @throws IllegalArgumentException if a structure cannot be moved alone, or is to be mirrored
   *     alone
   */
  public MaskTransform {
    requireNonNull(whole, "whole");
    EnumMap<Structure, Affine> copy = new EnumMap<>(Structure.class);
    copy.putAll(own);
    copy.forEach(
        (structure, map) -> {
          requireMovable(structure);
          if (map.flip()) {
            throw new IllegalArgumentException(
                structure.wireName() + ": a mirror (expected: of all masks together only)");
          }
        });
    own = Collections.unmodifiableMap(copy);
  }

  static void requireMovable(Structure structure) {
    switch (structure) {
      case LUNGS, LEFT_LUNG, RIGHT_LUNG ->
          throw new IllegalArgumentException(
              structure.wireName()
                  + ": transformed alone (expected: heart, pneumothorax, rib_fracture or"
                  + " chest_tube; the rest lies in the lungs)");
      case HEART, PNEUMOTHORAX, RIB_FRACTURE, CHEST_TUBE -> {}
    }
  }

  /**
   * Returns the masks after the transform; the same bytes on every JVM.
   *
   * @param masks of one size; a pneumothorax that moves alone needs lungs beside it
   * @throws IllegalArgumentException if a pneumothorax is to move alone and there are no lungs
   */
  public Map<Structure, BinaryMask> apply(Map<Structure, BinaryMask> masks) {
    EnumMap<Structure, BinaryMask> moved = new EnumMap<>(Structure.class);
    if (masks.isEmpty()) {
      return moved;
    }
    BinaryMask any = masks.values().iterator().next();
    int width = any.width();
    int height = any.height();
    Warp warp = Warp.of(width, height, matrix(width, height), elastic);
    masks.forEach((structure, mask) -> moved.put(after(structure), warp.apply(mask)));
    own.forEach(
        (structure, map) -> {
          BinaryMask mask = moved.get(structure);
          if (mask != null && mask.area() > 0) {
            alone(structure, map, mask, moved);
          }
        });
    return moved;
  }

  /** Returns the plane map of all masks, in pixels. */
  Affine.Matrix matrix(int width, int height) {
    return whole.about(width / 2.0, height / 2.0, width, height);
  }

  /** Returns what a structure is after the whole transform. */
  Structure after(Structure structure) {
    return switch (structure) {
      case LEFT_LUNG -> whole.flip() ? Structure.RIGHT_LUNG : Structure.LEFT_LUNG;
      case RIGHT_LUNG -> whole.flip() ? Structure.LEFT_LUNG : Structure.RIGHT_LUNG;
      case LUNGS, HEART, PNEUMOTHORAX, RIB_FRACTURE, CHEST_TUBE -> structure;
    };
  }

  private static void alone(
      Structure structure, Affine map, BinaryMask mask, Map<Structure, BinaryMask> masks) {
    if (structure == Structure.PNEUMOTHORAX) {
      Hemithoraces sides = Hemithoraces.of(masks);
      if (sides == null) {
        throw new IllegalArgumentException(
            "pneumothorax: moved alone without lungs (expected: a mask of lungs, or of left_lung"
                + " and right_lung)");
      }
      BinaryMask right = about(map, sides.partOf(mask, Hemithoraces.RIGHT));
      BinaryMask left = about(map, sides.partOf(mask, Hemithoraces.LEFT));
      masks.put(structure, Cells.union(right, left));
      return;
    }
    BinaryMask placed = about(map, mask);
    masks.put(structure, placed);
    if (structure == Structure.HEART) {
      Hemithoraces.LUNG_MASKS.forEach(
          lung -> masks.computeIfPresent(lung, (_, field) -> Cells.giveWay(field, mask, placed)));
    }
  }

  private static BinaryMask about(Affine map, BinaryMask mask) {
    if (mask.area() == 0) {
      return mask;
    }
    double[] centre = Cells.centroid(mask);
    Affine.Matrix matrix = map.about(centre[0], centre[1], mask.width(), mask.height());
    return Warp.of(mask.width(), mask.height(), matrix, null).apply(mask);
  }

  /** Returns all that {@link #ofParameters} needs to make the transform again, ready for JSON. */
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>(whole.parameters());
    if (elastic != null) {
      parameters.put("elastic", elastic.parameters());
    }
    if (!own.isEmpty()) {
      Map<String, Object> alone = new LinkedHashMap<>();
      own.forEach((structure, map) -> alone.put(structure.wireName(), map.parameters()));
      parameters.put("own", alone);
    }
    return parameters;
  }

  /**
   * Returns the transform of a parameter map, as {@link #parameters} gives it or as it comes back
   * from JSON.
   *
   * @throws IllegalArgumentException if a number is missing
   */
  public static MaskTransform ofParameters(Map<String, ?> parameters) {
    EnumMap<Structure, Affine> own = new EnumMap<>(Structure.class);
    if (parameters.get("own") instanceof Map<?, ?> alone) {
      alone.forEach(
          (structure, map) -> {
            if (map instanceof Map<?, ?> numbers) {
              own.put(
                  Structure.ofWireName(String.valueOf(structure)), Affine.ofParameters(numbers));
            }
          });
    }
    return new MaskTransform(
        Affine.ofParameters(parameters),
        parameters.get("elastic") instanceof Map<?, ?> field
            ? ElasticField.ofParameters(field)
            : null,
        own);
  }
}
