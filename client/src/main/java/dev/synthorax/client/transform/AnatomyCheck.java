package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says why transformed masks are no anatomy, or no longer that of their parent. */
final class AnatomyCheck {
  private final Map<Structure, BinaryMask> parent;
  private final AnatomyLimits limits;
  private final @Nullable Double parentRatio;
  private final double parentInside; // share of the pneumothorax
  private final @Nullable ChestHull parentChest;

  AnatomyCheck(Map<Structure, BinaryMask> parent, AnatomyLimits limits) {
    this.parent = parent;
    this.limits = limits;
    this.parentRatio = CardiothoracicRatio.of(parent);
    this.parentInside = insideOwnSide(parent, parent, false);
    this.parentChest = ChestHull.of(parent);
  }

  /** Returns the first limit that is broken, or null. Checks whose masks are missing are left. */
  @Nullable String problem(MaskTransform transform, Map<Structure, BinaryMask> masks) {
    String problem = areas(transform, masks);
    if (problem == null) {
      problem = lungsCut(transform);
    }
    if (problem == null) {
      problem = chestWall(transform, masks);
    }
    if (problem == null) {
      problem = pneumothorax(transform, masks);
    }
    return problem == null ? heart(masks) : problem;
  }

  private @Nullable String areas(MaskTransform transform, Map<Structure, BinaryMask> masks) {
    for (Map.Entry<Structure, BinaryMask> entry : parent.entrySet()) {
      BinaryMask mask = masks.get(transform.after(entry.getKey()));
      int before = entry.getValue().area();
      if (mask == null || before == 0) {
        continue;
      }
      double ratio = (double) mask.area() / before;
      if (mask.area() == 0 || !limits.areaRatio().contains(ratio)) {
        return outside(entry.getKey().wireName() + " area ratio", ratio, limits.areaRatio());
      }
    }
    return null;
  }

  private @Nullable String lungsCut(MaskTransform transform) {
    List<Structure> lungs =
        parent.containsKey(Structure.LUNGS)
            ? List.of(Structure.LUNGS)
            : List.of(Structure.LEFT_LUNG, Structure.RIGHT_LUNG);
    for (Structure lung : lungs) {
      BinaryMask field = parent.get(lung);
      if (field == null) {
        continue;
      }
      Affine.Matrix matrix = transform.matrix(field.width(), field.height());
      double lost = Warp.lost(field, matrix, transform.elastic());
      if (lost > limits.maxLungsCut()) {
        return outside(
            lung.wireName() + " cut by the frame", lost, limits.maxLungsCut(), "at most");
      }
    }
    return null;
  }

  private @Nullable String chestWall(MaskTransform transform, Map<Structure, BinaryMask> masks) {
    ChestHull chest = ChestHull.of(masks);
    ChestHull before = parentChest;
    if (chest == null || before == null) {
      return null;
    }
    double room = Math.min(limits.minWall(), before.margin());
    if (chest.margin() < room) {
      return outside("room for the chest wall beside the lungs", chest.margin(), room, "at least");
    }
    for (Map.Entry<Structure, BinaryMask> entry : parent.entrySet()) {
      Structure structure = entry.getKey();
      BinaryMask mask = masks.get(transform.after(structure));
      if (mask == null || Hemithoraces.LUNG_MASKS.contains(structure)) {
        continue;
      }
      double ofParent = before.beyond(entry.getValue());
      double most =
          ofParent > limits.maxBeyondChest()
              ? ofParent + AnatomyLimits.BEYOND_CHEST_TOLERANCE
              : limits.maxBeyondChest();
      double beyond = chest.beyond(mask);
      if (beyond > most) {
        return outside(structure.wireName() + " beyond the chest", beyond, most, "at most");
      }
    }
    return null;
  }

  private @Nullable String pneumothorax(MaskTransform transform, Map<Structure, BinaryMask> masks) {
    double inside = insideOwnSide(parent, masks, transform.whole().flip());
    double least = Math.min(limits.minInHemithorax(), parentInside);
    return inside < least
        ? outside("pneumothorax in its hemithorax", inside, least, "at least")
        : null;
  }

  /**
   * Returns which share of a pneumothorax lies in the lung field of the side that the parent has it
   * on, both sides counted together; 1 where nothing can be said.
   */
  private static double insideOwnSide(
      Map<Structure, BinaryMask> parent, Map<Structure, BinaryMask> masks, boolean flipped) {
    BinaryMask before = parent.get(Structure.PNEUMOTHORAX);
    BinaryMask after = masks.get(Structure.PNEUMOTHORAX);
    Hemithoraces parentSides = Hemithoraces.of(parent);
    Hemithoraces sides = Hemithoraces.of(masks);
    if (before == null
        || after == null
        || parentSides == null
        || sides == null
        || before.area() == 0
        || after.area() == 0) {
      return 1;
    }
    int right = parentSides.inside(before, Hemithoraces.RIGHT);
    int left = parentSides.inside(before, Hemithoraces.LEFT);
    byte rightAfter = flipped ? Hemithoraces.LEFT : Hemithoraces.RIGHT;
    byte leftAfter = flipped ? Hemithoraces.RIGHT : Hemithoraces.LEFT;
    int inside =
        (right > 0 ? sides.inside(after, rightAfter) : 0)
            + (left > 0 ? sides.inside(after, leftAfter) : 0);
    return (double) inside / after.area();
  }

  private @Nullable String heart(Map<Structure, BinaryMask> masks) {
    Double ratio = CardiothoracicRatio.of(masks);
    if (ratio == null) {
      return null;
    }
    boolean asParent =
        parentRatio != null && Math.abs(ratio - parentRatio) <= AnatomyLimits.HEART_SIZE_TOLERANCE;
    if (!asParent && !limits.cardiothoracicRatio().contains(ratio)) {
      return outside("cardiothoracic ratio", ratio, limits.cardiothoracicRatio());
    }
    double border = CardiothoracicRatio.ENLARGED;
    if (limits.keepHeartSize() && parentRatio != null) {
      double over = parentRatio > border ? border - ratio : ratio - border;
      if (over > AnatomyLimits.HEART_SIZE_TOLERANCE) {
        return outside(
            "cardiothoracic ratio", ratio, border, parentRatio > border ? "above" : "at most");
      }
    }
    return null;
  }

  private static String outside(String what, double value, Range expected) {
    return String.format(
        Locale.ROOT, "%s: %.3f (expected: %s to %s)", what, value, expected.low(), expected.high());
  }

  private static String outside(String what, double value, double bound, String relation) {
    return String.format(Locale.ROOT, "%s: %.3f (expected: %s %.3f)", what, value, relation, bound);
  }
}
