package dev.synthorax.client.stats;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.stats.ClusterBootstrap.IntervalMethod;

/** Which test to run, with what it needs to know. */
public sealed interface PairedTest {
  /** {@link PairedTTest#of}. */
  record PairedT() implements PairedTest {}

  /**
   * {@link PairedTTest#corrected}.
   *
   * @param testTrainRatio test over training images, above 0
   */
  record NadeauBengio(double testTrainRatio) implements PairedTest {}

  /** {@link WilcoxonTest}. */
  record Wilcoxon() implements PairedTest {}

  /**
   * {@link PermutationTest}.
   *
   * @param resampling for many units
   */
  record Permutation(Resampling resampling) implements PairedTest {
    /** Refuses nulls with {@link NullPointerException}. */
    public Permutation {
      requireNonNull(resampling, "resampling");
    }
  }

  /**
   * {@link ClusterBootstrap}.
   *
   * @param resampling how many, from which seed
   * @param interval percentile or BCa
   */
  record Bootstrap(Resampling resampling, IntervalMethod interval) implements PairedTest {
    /** Refuses nulls with {@link NullPointerException}. */
    public Bootstrap {
      requireNonNull(resampling, "resampling");
      requireNonNull(interval, "interval");
    }
  }

  /** {@link McNemarTest}. */
  record McNemar() implements PairedTest {}

  /** {@link DeLongTest}. */
  record DeLong() implements PairedTest {}

  /** Returns the name in options and JSON. */
  default String wireName() {
    return switch (this) {
      case PairedT() -> "paired-t";
      case NadeauBengio _ -> "nadeau-bengio";
      case Wilcoxon() -> "wilcoxon";
      case Permutation _ -> "permutation";
      case Bootstrap _ -> "bootstrap";
      case McNemar() -> "mcnemar";
      case DeLong() -> "delong";
    };
  }

  /** Returns whether images of one patient are kept together, not taken for independent. */
  default boolean keepsPatientsTogether() {
    return switch (this) {
      case Permutation _, Bootstrap _ -> true;
      case PairedT(), NadeauBengio _, Wilcoxon(), McNemar(), DeLong() -> false;
    };
  }
}
