package dev.synthorax.client.transform;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A transform that left a valid anatomy, and what it took to find it.
 *
 * @param transform what was done
 * @param masks what it left
 * @param seed the sub-seed that gave it
 * @param rejected the draws before it, in order
 */
public record TransformDraw(
    MaskTransform transform,
    Map<Structure, BinaryMask> masks,
    long seed,
    List<Rejection> rejected) {
  /** Draws made before an image is given up. */
  public static final int MAX_DRAWS = 20;

  /**
   * A draw that broke a limit.
   *
   * @param seed the sub-seed that gave it
   * @param reason the limit, with the value and what was expected
   */
  public record Rejection(long seed, String reason) {}

  /** Copies the collections. */
  public TransformDraw {
    requireNonNull(transform, "transform");
    masks = masks.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(masks));
    rejected = List.copyOf(rejected);
  }

  /**
   * Draws transforms from the sub-seeds of {@code seed}, in order, until one leaves a valid
   * anatomy.
   *
   * @param parent whose masks they are; of the training split
   * @param masks the parent's
   * @param seed sub-seed k is {@code SeedStream.child(seed, k)}
   * @throws IllegalArgumentException if the parent is not of the training split, or {@link
   *     #MAX_DRAWS} draws broke a limit; one line that names the image
   */
  public static TransformDraw of(
      ImageInfo parent,
      Map<Structure, BinaryMask> masks,
      TransformRanges ranges,
      AnatomyLimits limits,
      long seed) {
    requireTraining(parent);
    AnatomyCheck check = new AnatomyCheck(masks, limits);
    BinaryMask heart = masks.get(Structure.HEART);
    boolean hasHeart = heart != null && heart.area() > 0;
    List<Rejection> rejected = new ArrayList<>();
    for (int k = 0; k < MAX_DRAWS; k++) {
      long child = SeedStream.child(seed, k);
      MaskTransform transform = ranges.draw(hasHeart, SeedStream.of(child));
      Map<Structure, BinaryMask> moved;
      try {
        moved = transform.apply(masks);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("image " + parent.id() + ": " + e.getMessage(), e);
      }
      String problem = check.problem(transform, moved);
      if (problem == null) {
        return new TransformDraw(transform, moved, child, rejected);
      }
      rejected.add(new Rejection(child, problem));
    }
    throw new IllegalArgumentException(
        "image "
            + parent.id()
            + ": "
            + MAX_DRAWS
            + " transforms broke the anatomy, the last by "
            + rejected.getLast().reason()
            + "; narrow the ranges, widen the limits, or leave the image out");
  }

  /**
   * Makes sure that nothing is made from an image that is kept for choosing or reporting.
   *
   * @throws IllegalArgumentException if {@code parent} is of no split or not of the training split
   */
  public static void requireTraining(ImageInfo parent) {
    Split split = parent.split();
    if (split != Split.TRAIN) {
      throw new IllegalArgumentException(
          "image "
              + parent.id()
              + ": split "
              + (split == null ? "unknown" : split.wireName())
              + " (expected: train; nothing is made from images that are kept for reporting)");
    }
  }
}
