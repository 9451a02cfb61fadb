package dev.synthorax.client.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether synthetic images sit closer to the generator's training images than real images do that
 * were held out: distance to the nearest training image, in a named feature set and in units of the
 * training images.
 *
 * @param featureSet name and version of the features
 * @param training training images
 * @param synthetic nearest distances of the synthetic images
 * @param heldOut nearest distances of the held-out real images
 * @param medianRatio median of the synthetic over that of the held-out distances; well below 1
 *     speaks of memorisation; NaN where the held-out median is 0
 * @param suspiciousShare share of synthetic images nearer than {@value #SUSPICIOUS_PERCENT} % of
 *     the held-out are; about that percentage is expected of a generator that does not memorise
 * @param copies synthetic images with the very features of a training image
 * @param nearest the closest pairs, ascending
 * @see <a href="https://arxiv.org/abs/2402.01054">Dar et al. 2024, on copies of chest X-rays</a>
 */
public record Memorisation(
    String featureSet,
    int training,
    Distances synthetic,
    Distances heldOut,
    double medianRatio,
    double suspiciousShare,
    int copies,
    List<Pair> nearest) {
  private static final int SUSPICIOUS_PERCENT = 5;

  /** Copies the pairs. */
  public Memorisation {
    nearest = List.copyOf(nearest);
  }

  /**
   * Quantiles of nearest distances.
   *
   * @param images number of images
   * @param minimum smallest
   * @param percentile5 5 % quantile
   * @param median median
   * @param percentile95 95 % quantile
   */
  public record Distances(
      int images, double minimum, double percentile5, double median, double percentile95) {
    static Distances of(List<Pair> pairs) {
      double[] sorted = pairs.stream().mapToDouble(Pair::distance).sorted().toArray();
      return new Distances(
          sorted.length,
          sorted[0],
          Quantile.ofSorted(sorted, 5, 100),
          Quantile.ofSorted(sorted, 50, 100),
          Quantile.ofSorted(sorted, 95, 100));
    }
  }

  /**
   * An image and the training image nearest to it.
   *
   * @param image the image
   * @param training the training image
   * @param distance Euclidean, over the root of the number of features
   */
  public record Pair(String image, String training, double distance) {}

  /**
   * Looks for memorised images.
   *
   * @param shown how many of the closest pairs to keep
   */
  public static Memorisation of(
      Features training, Features heldOut, Features synthetic, int shown) {
    Features trained = training.inUnitsOf(training);
    List<Pair> ofSynthetic = nearest(synthetic.inUnitsOf(training), trained);
    List<Pair> ofHeldOut = nearest(heldOut.inUnitsOf(training), trained);
    double[] expected = ofHeldOut.stream().mapToDouble(Pair::distance).sorted().toArray();
    double limit = Quantile.ofSorted(expected, SUSPICIOUS_PERCENT, 100);
    double suspicious = ofSynthetic.stream().filter(pair -> pair.distance() < limit).count();
    Distances syntheticDistances = Distances.of(ofSynthetic);
    Distances heldOutDistances = Distances.of(ofHeldOut);
    return new Memorisation(
        training.set(),
        training.size(),
        syntheticDistances,
        heldOutDistances,
        heldOutDistances.median() == 0
            ? Double.NaN
            : syntheticDistances.median() / heldOutDistances.median(),
        suspicious / ofSynthetic.size(),
        (int) ofSynthetic.stream().filter(pair -> pair.distance() == 0).count(),
        ofSynthetic.stream()
            .sorted(Comparator.comparingDouble(Pair::distance).thenComparing(Pair::image))
            .limit(shown)
            .toList());
  }

  private static List<Pair> nearest(Features from, Features to) {
    int[] nearest = new int[from.size()];
    double[] squared = new double[from.size()];
    Arrays.fill(squared, Double.POSITIVE_INFINITY);
    IntStream.range(0, from.size())
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < to.size(); j++) {
                double distance = Features.squaredDistance(from.rows()[i], to.rows()[j]);
                if (distance < squared[i]) {
                  squared[i] = distance;
                  nearest[i] = j;
                }
              }
            });
    return IntStream.range(0, from.size())
        .mapToObj(
            i ->
                new Pair(
                    from.images().get(i),
                    to.images().get(nearest[i]),
                    Math.sqrt(squared[i] / from.dimension())))
        .toList();
  }
}
