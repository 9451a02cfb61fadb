package dev.synthorax.client.phantom;

/**
 * Who may use which seeds of site A, so that nothing is judged on a patient it was trained on. Both
 * training ranges lie in the site's training split; see {@link Site} for the other sites.
 */
public enum SeedRange {
  /** Training of generators. */
  GENERATOR(0, 999_999),
  /** Training of judges: segmenters and classifiers. */
  JUDGE(1_000_000, 1_999_999),
  /** Tests; never trained on. */
  TEST(2_000_000, 2_999_999);

  private final long first;
  private final long last;

  SeedRange(long first, long last) {
    this.first = first;
    this.last = last;
  }

  /** Returns the first seed of the range. */
  public long first() {
    return first;
  }

  /** Returns the last seed of the range, itself included. */
  public long last() {
    return last;
  }

  /** Returns whether {@code seed} belongs to this range. */
  public boolean contains(long seed) {
    return seed >= first && seed <= last;
  }
}
