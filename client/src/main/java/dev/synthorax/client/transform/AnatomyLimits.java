package dev.synthorax.client.transform;

/**
 * What a transformed anatomy must keep. Our choice: wide enough for adults, tight enough that no
 * mask says something else than its parent.
 *
 * @param minInHemithorax least share of a pneumothorax inside the lung field of its own side, 0 to
 *     1; where less of the parent's is, the parent's share
 * @param areaRatio area of each structure over the parent's, within 0 to 16
 * @param maxLungsCut greatest share of the lungs moved beyond the frame, 0 to 1
 * @param minWall least distance of the lungs from the left and right edge, in widths of the image,
 *     0 to 0.5: room for the chest wall; the parent's distance where that is less
 * @param maxBeyondChest greatest share of heart, pneumothorax, rib fracture or chest tube beyond
 *     the convex hull of the lungs, 0 to 1; where more of the parent's is, the parent's share and
 *     {@link #BEYOND_CHEST_TOLERANCE}
 * @param cardiothoracicRatio of heart and lungs, within 0 to 1; a parent's own ratio, give or take
 *     {@link #HEART_SIZE_TOLERANCE}, is always within
 * @param keepHeartSize whether the ratio must stay on the parent's side of {@link
 *     CardiothoracicRatio#ENLARGED}, give or take {@link #HEART_SIZE_TOLERANCE}: else an enlarged
 *     heart keeps a label that its mask no longer shows
 */
public record AnatomyLimits(
    double minInHemithorax,
    Range areaRatio,
    double maxLungsCut,
    double minWall,
    double maxBeyondChest,
    Range cardiothoracicRatio,
    boolean keepHeartSize) {
  /** How far the ratio may cross the border of an enlarged heart. */
  public static final double HEART_SIZE_TOLERANCE = 0.02;

  /** How much more of a structure than of its parent may lie beyond the hull of the lungs. */
  public static final double BEYOND_CHEST_TOLERANCE = 0.02;

  /**
   * 95 % inside, half to double area, 5 % of the lungs cut, 2 % of the width for the wall, 2 %
   * beyond the lungs' hull, a ratio of 0.3 to 0.75, size kept.
   */
  public static final AnatomyLimits DEFAULT =
      new AnatomyLimits(0.95, Range.of(0.5, 2), 0.05, 0.02, 0.02, Range.of(0.3, 0.75), true);

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a limit is not within its range; names its key
   */
  public AnatomyLimits {
    requireWithin("min-in-hemithorax", minInHemithorax, 1);
    requireWithin("max-lungs-cut", maxLungsCut, 1);
    requireWithin("min-wall", minWall, 0.5);
    requireWithin("max-beyond-chest", maxBeyondChest, 1);
    areaRatio.within("area-ratio", 0, 16);
    cardiothoracicRatio.within("cardiothoracic-ratio", 0, 1);
  }

  private static void requireWithin(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: 0 to " + (most == 1 ? "1" : most) + ")");
    }
  }
}
