package dev.synthorax.client.stats;

/**
 * How many random resamples, and from which seed. Equal seeds give equal results everywhere: the
 * numbers are those of SplitMix64 ({@link java.util.SplittableRandom#nextLong}).
 *
 * @param count resamples, at least {@value #MIN_COUNT}
 * @param seed any number
 */
public record Resampling(int count, long seed) {
  /** Fewer resamples leave the tails of the distribution to chance. */
  public static final int MIN_COUNT = 2000;

  /** 10,000 resamples of seed 0. */
  public static final Resampling DEFAULT = new Resampling(10_000, 0);

  /** Checks the count. */
  public Resampling {
    if (count < MIN_COUNT) {
      throw new IllegalArgumentException(
          "resamples: " + count + " (expected: >= " + MIN_COUNT + ")");
    }
  }
}
