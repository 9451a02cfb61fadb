package dev.synthorax.client.metrics;

import dev.synthorax.client.image.BinaryMask;
import java.util.Arrays;

/**
 * Distances between the contours of two masks, both ways: robust Hausdorff distance and normalised
 * surface Dice (NSD).
 *
 * @see <a href="https://arxiv.org/abs/1809.04430">Nikolov et al. 2018, on surface Dice</a>
 */
public final class SurfaceDistances {
  private final SurfaceConvention convention;
  private final EmptyPolicy policy;
  private final Directed fromTruth;
  private final Directed fromPrediction;

  private SurfaceDistances(
      SurfaceConvention convention,
      EmptyPolicy policy,
      Directed fromTruth,
      Directed fromPrediction) {
    this.convention = convention;
    this.policy = policy;
    this.fromTruth = fromTruth;
    this.fromPrediction = fromPrediction;
  }

  /**
   * Measures two masks.
   *
   * @param truth reference mask
   * @param prediction mask of the same size
   * @param spacing of the pixels; distances are in its unit
   * @param convention what a contour is
   * @param policy what empty masks are worth
   * @throws IllegalArgumentException if the sizes differ
   */
  public static SurfaceDistances of(
      BinaryMask truth,
      BinaryMask prediction,
      PixelSpacing spacing,
      SurfaceConvention convention,
      EmptyPolicy policy) {
    Overlap.requireSameSize(truth, prediction);
    BoundingBox box = BoundingBox.ofUnion(truth, prediction);
    if (box == null) {
      return new SurfaceDistances(convention, policy, Directed.EMPTY, Directed.EMPTY);
    }
    Contour ofTruth = Contour.of(truth, box, convention, spacing);
    Contour ofPrediction = Contour.of(prediction, box, convention, spacing);
    return new SurfaceDistances(
        convention,
        policy,
        Directed.of(ofTruth, ofPrediction, box, spacing),
        Directed.of(ofPrediction, ofTruth, box, spacing));
  }

  /**
   * Returns the larger of the two directed percentile distances.
   *
   * @param percent in (0, 100]; 95 is HD95, 100 the Hausdorff distance
   * @return in the unit of the spacing; infinite where one mask is empty; NaN where the policy
   *     gives no value
   */
  public double hausdorff(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent: " + percent + " (expected: above 0, up to 100)");
    }
    return fromTruth.isEmpty() || fromPrediction.isEmpty()
        ? ofEmpty(0, Double.POSITIVE_INFINITY)
        : Math.max(
            fromTruth.percentile(percent, convention),
            fromPrediction.percentile(percent, convention));
  }

  /**
   * Returns the share of both contours that lies within a tolerance of the other.
   *
   * @param tolerance in the unit of the spacing, 0 or more
   * @return 0..1, or NaN where the policy gives no value
   */
  public double surfaceDice(double tolerance) {
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("tolerance: " + tolerance + " (expected: >= 0)");
    }
    return fromTruth.isEmpty() || fromPrediction.isEmpty()
        ? ofEmpty(1, 0)
        : (fromTruth.lengthWithin(tolerance) + fromPrediction.lengthWithin(tolerance))
            / (fromTruth.length() + fromPrediction.length());
  }

  private double ofEmpty(double perfect, double worst) {
    return policy.valueOf(fromTruth.isEmpty(), fromPrediction.isEmpty(), perfect, worst);
  }

  /** Distances of one contour's points to the other contour, ascending, with their lengths. */
  private static final class Directed {
    private static final Directed EMPTY = new Directed(new double[0], new double[0]);

    private final double[] distances;
    private final double[] lengths;

    private Directed(double[] distances, double[] lengths) {
      this.distances = distances;
      this.lengths = lengths;
    }

    static Directed of(Contour from, Contour to, BoundingBox box, PixelSpacing spacing) {
      if (from.points().length == 0) {
        return EMPTY;
      }
      double[] distances = new double[from.points().length];
      if (to.points().length == 0) {
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        return new Directed(distances, from.lengths());
      }
      distances =
          DistanceTransform.distances(
              box.width() + 1, box.height() + 1, to.points(), from.points(), spacing);
      return sorted(distances, from.lengths());
    }

    /**
     * Sorts by distance, equal distances by length: the order that the percentile is defined on.
     */
    private static Directed sorted(double[] distances, double[] lengths) {
      Integer[] order = new Integer[distances.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(
          order,
          (i, j) -> {
            int byDistance = Double.compare(distances[i], distances[j]);
            return byDistance != 0 ? byDistance : Double.compare(lengths[i], lengths[j]);
          });
      return new Directed(
          Arrays.stream(order).mapToDouble(i -> distances[i]).toArray(),
          Arrays.stream(order).mapToDouble(i -> lengths[i]).toArray());
    }

    boolean isEmpty() {
      return distances.length == 0;
    }

    double length() {
      return lengthWithin(Double.POSITIVE_INFINITY);
    }

    /** Sums in the order of the distances, so that a part never exceeds the whole by rounding. */
    double lengthWithin(double tolerance) {
      double within = 0;
      for (int i = 0; i < distances.length && distances[i] <= tolerance; i++) {
        within += lengths[i];
      }
      return within;
    }

    double percentile(double percent, SurfaceConvention convention) {
      return switch (convention) {
        case SURFACE_ELEMENTS -> byLength(percent / 100);
        case EDGE_PIXELS -> interpolated(percent / 100);
      };
    }

    private double byLength(double share) {
      double total = 0;
      for (double length : lengths) {
        total += length;
      }
      double reached = 0;
      for (int i = 0; i < distances.length; i++) {
        reached += lengths[i];
        if (reached / total >= share) {
          return distances[i];
        }
      }
      return distances[distances.length - 1];
    }

    private double interpolated(double share) {
      double position = share * (distances.length - 1);
      int below = (int) position;
      int above = Math.min(below + 1, distances.length - 1);
      return distances[below] + (position - below) * (distances[above] - distances[below]);
    }
  }
}
