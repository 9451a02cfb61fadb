package dev.synthorax.client.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Precision, recall, density and coverage by balls around each image, up to its k-th nearest
 * neighbour in its own set.
 *
 * @param precision share of synthetic images inside some real ball
 * @param recall share of real images inside some synthetic ball
 * @param density mean number of real balls that a synthetic image is in, over k; can exceed 1
 * @param coverage share of real balls that hold a synthetic image
 * @param k neighbours
 * @see <a href="https://arxiv.org/abs/1904.06991">Kynkäänniemi et al. 2019</a>
 * @see <a href="https://arxiv.org/abs/2002.09797">Naeem et al. 2020</a>
 */
public record Prdc(double precision, double recall, double density, double coverage, int k) {
  /** The usual number of neighbours. */
  public static final int NEIGHBOURS = 5;

  /**
   * Measures synthetic against real images.
   *
   * @param k neighbours, at least 1 and below both sizes
   */
  public static Prdc of(Features real, Features synthetic, int k) {
    real.requireSameSet(synthetic);
    if (k < 1 || k >= Math.min(real.size(), synthetic.size())) {
      throw new IllegalArgumentException(
          "k: %d neighbours of %d and %d images (expected: >= 1 and below both)"
              .formatted(k, real.size(), synthetic.size()));
    }
    double[][] reals = real.rows();
    double[][] synthetics = synthetic.rows();
    double[] ofReal = squaredRadii(reals, k);
    double[] ofSynthetic = squaredRadii(synthetics, k);
    long[] ballsAroundSynthetic = new long[synthetics.length];
    IntStream.range(0, synthetics.length)
        .parallel()
        .forEach(
            j -> {
              for (int i = 0; i < reals.length; i++) {
                ballsAroundSynthetic[j] +=
                    Features.squaredDistance(reals[i], synthetics[j]) < ofReal[i] ? 1 : 0;
              }
            });
    boolean[] recalled = new boolean[reals.length];
    boolean[] covered = new boolean[reals.length];
    IntStream.range(0, reals.length)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < synthetics.length; j++) {
                double squared = Features.squaredDistance(reals[i], synthetics[j]);
                recalled[i] |= squared < ofSynthetic[j];
                covered[i] |= squared < ofReal[i];
              }
            });
    double inside = Arrays.stream(ballsAroundSynthetic).filter(balls -> balls > 0).count();
    double balls = Arrays.stream(ballsAroundSynthetic).sum();
    return new Prdc(
        inside / synthetics.length,
        share(recalled),
        balls / k / synthetics.length,
        share(covered),
        k);
  }

  private static double share(boolean[] flags) {
    double count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count / flags.length;
  }

  private static double[] squaredRadii(double[][] rows, int k) {
    double[] radii = new double[rows.length];
    IntStream.range(0, rows.length)
        .parallel()
        .forEach(
            i -> {
              double[] squared = new double[rows.length];
              for (int j = 0; j < rows.length; j++) {
                squared[j] = Features.squaredDistance(rows[i], rows[j]);
              }
              Arrays.sort(squared); // the image itself comes first
              radii[i] = squared[k];
            });
    return radii;
  }
}
