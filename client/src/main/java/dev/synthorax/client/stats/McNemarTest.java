package dev.synthorax.client.stats;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * McNemar's test of two classifiers on the same images: b images that only the arm gets right, c
 * that only the baseline gets right.
 *
 * <p>Exact (binomial) for b + c below {@value #MIN_APPROXIMATE}, else chi-square with one degree of
 * freedom and Edwards' continuity correction, {@code (|b - c| - 1)^2 / (b + c)}, at least 0.
 *
 * @see <a href="https://doi.org/10.1007/BF02295996">McNemar 1947</a>
 * @see <a href="https://doi.org/10.1007/BF02289105">Edwards 1948</a>
 */
public final class McNemarTest {
  private static final int MIN_APPROXIMATE = 25;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private McNemarTest() {}

  /**
   * Tests that both classifiers are right equally often.
   *
   * @param onlyArm images that only the arm gets right, b
   * @param onlyBaseline images that only the baseline gets right, c
   * @param images all images, at least b + c
   * @param confidence of the Wald interval of the difference in accuracy, in (0, 1)
   * @return with p = 1 and a warning where no image is discordant
   */
  public static TestResult of(
      int onlyArm, int onlyBaseline, int images, Alternative alternative, double confidence) {
    int discordant = onlyArm + onlyBaseline;
    if (onlyArm < 0 || onlyBaseline < 0 || images < Math.max(1, discordant)) {
      throw new IllegalArgumentException(
          "McNemar: b = %d, c = %d of %d images (expected: b, c >= 0 and b + c <= images)"
              .formatted(onlyArm, onlyBaseline, images));
    }
    double difference = (double) (onlyArm - onlyBaseline) / images;
    double standardError =
        Math.sqrt(discordant - (double) (onlyArm - onlyBaseline) * difference) / images;
    double half = standardError * NORMAL.inverseSurvivalProbability((1 - confidence) / 2);
    boolean exact = discordant < MIN_APPROXIMATE;
    double excess = Math.max(0, Math.abs(onlyArm - onlyBaseline) - 1.0);
    double z = Math.copySign(excess / Math.sqrt(discordant), onlyArm - onlyBaseline);
    Alternative.PValues p =
        exact ? exact(onlyArm, discordant, alternative) : approximate(z, alternative);
    List<String> warnings = new ArrayList<>();
    if (discordant == 0) {
      warnings.add("no discordant image: arm and baseline are right on the same images, p = 1");
    }
    return new TestResult(
        "McNemar's test of b = "
            + onlyArm
            + ", c = "
            + onlyBaseline
            + (exact
                ? ", exact binomial (b + c < 25)"
                : ", chi-square with Edwards' continuity correction"),
        difference,
        new Interval(difference - half, difference + half),
        "Wald, difference of paired proportions",
        exact ? "b" : "chi2",
        exact ? (double) onlyArm : z * z,
        exact ? null : 1.0,
        p.chosen(),
        p.twoSided(),
        warnings);
  }

  private static Alternative.PValues exact(int onlyArm, int discordant, Alternative alternative) {
    BinomialDistribution half = BinomialDistribution.of(discordant, 0.5);
    return alternative.of(
        half.cumulativeProbability(onlyArm), half.survivalProbability(onlyArm - 1));
  }

  private static Alternative.PValues approximate(double z, Alternative alternative) {
    return alternative.of(NORMAL.cumulativeProbability(z), NORMAL.survivalProbability(z));
  }
}
