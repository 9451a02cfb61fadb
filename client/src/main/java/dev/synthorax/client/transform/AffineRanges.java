package dev.synthorax.client.transform;

/**
 * What an {@link Affine} may be drawn from.
 *
 * @param rotateDegrees clockwise on the picture, within -180 to 180
 * @param scale of both sides alike, within 0.25 to 4
 * @param shiftX to the right, in widths of the image, within -1 to 1
 * @param shiftY down, in heights of the image, within -1 to 1
 * @param shearDegrees lean of vertical lines, within -45 to 45
 */
public record AffineRanges(
    Range rotateDegrees, Range scale, Range shiftX, Range shiftY, Range shearDegrees) {
  /** Changes nothing. */
  public static final AffineRanges NONE =
      new AffineRanges(Range.ZERO, Range.ONE, Range.ZERO, Range.ZERO, Range.ZERO);

  /**
   * Ten degrees, a tenth in size, three hundredths of the width, a twentieth of the height, five
   * degrees of shear: our choice, about what positioning of a patient changes. The paper's ranges
   * are not published.
   */
  public static final AffineRanges DEFAULT =
      new AffineRanges(
          Range.of(-10, 10),
          Range.of(0.9, 1.1),
          Range.of(-0.03, 0.03),
          Range.of(-0.05, 0.05),
          Range.of(-5, 5));

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a range goes beyond what a map may do; names its key
   */
  public AffineRanges {
    rotateDegrees.within("rotate-degrees", -180, 180);
    scale.within("scale", 0.25, 4);
    shiftX.within("shift-x", -1, 1);
    shiftY.within("shift-y", -1, 1);
    shearDegrees.within("shear-degrees", -45, 45);
  }
}
