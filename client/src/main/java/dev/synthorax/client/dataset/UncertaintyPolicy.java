package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

/**
 * What a classifier is trained on where a label is uncertain; names after Irvin et al., CheXpert,
 * section 3.1.
 *
 * @see <a href="https://arxiv.org/abs/1901.07031">Irvin et al. 2019</a>
 * @see <a href="https://arxiv.org/abs/1911.06475">Pham et al. 2019, label smoothing</a>
 */
public sealed interface UncertaintyPolicy {
  /** U-Ignore: the label is left out of the loss. */
  UncertaintyPolicy IGNORE = new Ignore();

  /** U-Zeros: negative. */
  UncertaintyPolicy ZEROS = new Zeros();

  /** U-Ones: positive. */
  UncertaintyPolicy ONES = new Ones();

  /** U-MultiClass: a third class beside negative and positive. */
  UncertaintyPolicy MULTI_CLASS = new MultiClass();

  /**
   * U-SelfTrained: what a model trained with U-Ignore predicts. Without that model the label stays
   * uncertain, as in {@link #MULTI_CLASS}; whoever has the model replaces it.
   */
  UncertaintyPolicy SELF_TRAINED = new SelfTrained();

  /** Positive, smoothed: a number drawn from 0.55 to 0.85, as Pham et al. do. */
  UncertaintyPolicy SMOOTHED_ONES = new Smoothed(0.55, 0.85);

  /** Negative, smoothed: a number drawn from 0 to 0.3, as Pham et al. do. */
  UncertaintyPolicy SMOOTHED_ZEROS = new Smoothed(0, 0.3);

  /** See {@link #IGNORE}. */
  record Ignore() implements UncertaintyPolicy {}

  /** See {@link #ZEROS}. */
  record Zeros() implements UncertaintyPolicy {}

  /** See {@link #ONES}. */
  record Ones() implements UncertaintyPolicy {}

  /** See {@link #MULTI_CLASS}. */
  record MultiClass() implements UncertaintyPolicy {}

  /** See {@link #SELF_TRAINED}. */
  record SelfTrained() implements UncertaintyPolicy {}

  /**
   * A number drawn evenly from a range, the same for an image, a label and a seed.
   *
   * @param low 0..1
   * @param high {@code low}..1, not reached
   */
  record Smoothed(double low, double high) implements UncertaintyPolicy {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException unless 0 &lt;= low &lt;= high &lt;= 1
     */
    public Smoothed {
      if (!(low >= 0 && low <= high && high <= 1)) {
        throw new IllegalArgumentException(
            "smoothed: " + low + ".." + high + " (expected: 0 <= low <= high <= 1)");
      }
    }
  }

  /**
   * Returns the policy of that name: {@code ignore}, {@code zeros}, {@code ones}, {@code
   * multi-class}, {@code self-trained}, {@code smoothed-ones} or {@code smoothed-zeros}.
   *
   * @throws IllegalArgumentException if there is none
   */
  static UncertaintyPolicy ofWireName(String name) {
    requireNonNull(name, "name");
    return switch (name) {
      case "ignore" -> IGNORE;
      case "zeros" -> ZEROS;
      case "ones" -> ONES;
      case "multi-class" -> MULTI_CLASS;
      case "self-trained" -> SELF_TRAINED;
      case "smoothed-ones" -> SMOOTHED_ONES;
      case "smoothed-zeros" -> SMOOTHED_ZEROS;
      default ->
          throw new IllegalArgumentException(
              "uncertainty policy: '"
                  + name
                  + "' (expected: ignore, zeros, ones, multi-class, self-trained, smoothed-ones or"
                  + " smoothed-zeros)");
    };
  }
}
