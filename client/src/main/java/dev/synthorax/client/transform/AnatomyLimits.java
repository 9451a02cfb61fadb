package dev.synthorax.client.transform;

/**
 * What a transformed anatomy must keep. Our choice: wide enough for adults, tight enough that no
 * mask says something else than its parent.
 *
 * @param minInHemithorax least share of a pneumothorax inside the lung field of its own side, 0 to
 *     1; where less of the parent's is, the parent's share
 * @param areaRatio area of each structure over the parent's, within 0 to 16
 * @param maxLungsCut greatest share of the lungs moved beyond the frame, 0 to 1
 * @param cardiothoracicRatio of heart and lungs, within 0 to 1
 * @param keepHeartSize whether the ratio must stay on the parent's side of {@link
 *     CardiothoracicRatio#ENLARGED}, give or take {@link #HEART_SIZE_TOLERANCE}: else an enlarged
 *     heart keeps a label that its mask no longer shows
 */
public record AnatomyLimits(
    double minInHemithorax,
    Range areaRatio,
    double maxLungsCut,
    Range cardiothoracicRatio,
    boolean keepHeartSize) {
  /** How far the ratio may cross the border of an enlarged heart. */
  public static final double HEART_SIZE_TOLERANCE = 0.02;

  /** 95 % inside, half to double area, 5 % of the lungs cut, a ratio of 0.3 to 0.75, size kept. */
  public static final AnatomyLimits DEFAULT =
      new AnatomyLimits(0.95, Range.of(0.5, 2), 0.05, Range.of(0.3, 0.75), true);

  /** Checks the ranges. */
  public AnatomyLimits {
    requireShare("min-in-hemithorax", minInHemithorax);
    requireShare("max-lungs-cut", maxLungsCut);
    areaRatio.within("area-ratio", 0, 16);
    cardiothoracicRatio.within("cardiothoracic-ratio", 0, 1);
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to 1)");
    }
  }
}
