package dev.synthorax.client.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * How far synthetic images are from real ones in a named feature set.
 *
 * @param featureSet name and version of the features: values are comparable only within it
 * @param dimension features of an image
 * @param real real images
 * @param synthetic synthetic images
 * @param standardised whether features were taken in units of the real images first ({@link
 *     Features#inUnitsOf}), and not as they were given
 * @param frechet Fréchet distance
 * @param kernel kernel distance
 * @param prdc precision, recall, density, coverage
 * @param warnings what limits these numbers
 */
public record FidelityScores(
    String featureSet,
    int dimension,
    int real,
    int synthetic,
    boolean standardised,
    double frechet,
    KernelDistance kernel,
    Prdc prdc,
    List<String> warnings) {
  /** Copies the warnings. */
  public FidelityScores {
    warnings = List.copyOf(warnings);
  }

  /**
   * Measures synthetic images.
   *
   * @param k neighbours of precision, recall, density and coverage
   * @param seed of the kernel distance's subsets
   * @param standardise whether to take features in units of the real images first; no distance of
   *     another tool compares with one of those
   * @throws IllegalArgumentException if the sets differ in kind or are too small
   */
  public static FidelityScores of(
      Features real, Features synthetic, int k, long seed, boolean standardise) {
    Features reals = standardise ? real.inUnitsOf(real) : real;
    Features synthetics = standardise ? synthetic.inUnitsOf(real) : synthetic;
    List<String> warnings = new ArrayList<>();
    warnIfFew("real", real, warnings);
    warnIfFew("synthetic", synthetic, warnings);
    if (real.size() != synthetic.size()) {
      warnings.add(
          "%d real and %d synthetic images: the Fréchet distance and recall depend on both numbers; compare arms at equal ones"
              .formatted(real.size(), synthetic.size()));
    }
    return new FidelityScores(
        real.set(),
        real.dimension(),
        real.size(),
        synthetic.size(),
        standardise,
        FrechetDistance.of(reals, synthetics),
        KernelDistance.of(
            reals,
            synthetics,
            KernelDistance.SUBSETS,
            KernelDistance.usualSubsetSize(reals, synthetics),
            seed),
        Prdc.of(reals, synthetics, k),
        warnings);
  }

  private static void warnIfFew(String which, Features features, List<String> warnings) {
    if (features.size() <= features.dimension()) {
      warnings.add(
          "%d %s images for %d features: the covariance is singular and the Fréchet distance biased; use more than %d images"
              .formatted(features.size(), which, features.dimension(), features.dimension()));
    }
  }
}
