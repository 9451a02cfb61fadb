package dev.synthorax.client.metrics;

import dev.synthorax.client.image.BinaryMask;

/**
 * Everything measured of one predicted mask. Distances are in the unit of the pixel spacing; a
 * value that the empty policy does not give is NaN, the distance to an empty mask infinite.
 *
 * @param dice Dice coefficient, 0..1
 * @param iou intersection over union, 0..1
 * @param hd95 95th percentile Hausdorff distance
 * @param nsd normalised surface Dice, 0..1
 */
public record MaskScores(double dice, double iou, double hd95, double nsd) {
  private static final double HD_PERCENT = 95;

  /**
   * How masks are measured.
   *
   * @param spacing of the pixels
   * @param tolerance of the surface Dice, in the unit of the spacing, 0 or more
   * @param convention what a contour is
   * @param policy what empty masks are worth
   */
  public record Settings(
      PixelSpacing spacing, double tolerance, SurfaceConvention convention, EmptyPolicy policy) {
    /** Pixels, tolerance 2, surface elements, pairs of empty masks left out. */
    public static final Settings DEFAULT =
        new Settings(
            PixelSpacing.PIXELS, 2, SurfaceConvention.SURFACE_ELEMENTS, EmptyPolicy.UNDEFINED);

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if the tolerance is negative or infinite
     */
    public Settings {
      if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("tolerance: " + tolerance + " (expected: >= 0)");
      }
    }
  }

  /**
   * Measures a prediction.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public static MaskScores of(BinaryMask truth, BinaryMask prediction, Settings settings) {
    SurfaceDistances distances =
        SurfaceDistances.of(
            truth, prediction, settings.spacing(), settings.convention(), settings.policy());
    return new MaskScores(
        Overlap.dice(truth, prediction, settings.policy()),
        Overlap.iou(truth, prediction, settings.policy()),
        distances.hausdorff(HD_PERCENT),
        distances.surfaceDice(settings.tolerance()));
  }
}
