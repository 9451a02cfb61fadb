package dev.synthorax.client.transform;

/**
 * Numbers from {@code low} to {@code high}, both included.
 *
 * @param low finite
 * @param high finite, at least {@code low}
 */
public record Range(double low, double high) {
  /** The one number that changes nothing where numbers are added. */
  public static final Range ZERO = new Range(0, 0);

  /** The one number that changes nothing where numbers are multiplied. */
  public static final Range ONE = new Range(1, 1);

  /** Checks the order. */
  public Range {
    if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
      throw new IllegalArgumentException(
          "[" + low + ", " + high + "] (expected: two finite numbers, the lower first)");
    }
  }

  /** Returns the range between two numbers. */
  public static Range of(double low, double high) {
    return new Range(low, high);
  }

  /** Returns whether {@code value} lies in the range. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /**
   * Returns this range if it lies within another.
   *
   * @param name what the range is, for the message
   * @throws IllegalArgumentException if it does not
   */
  Range within(String name, double least, double most) {
    if (low < least || high > most) {
      throw new IllegalArgumentException(
          name + ": " + this + " (expected: within " + least + " to " + most + ")");
    }
    return this;
  }

  @Override
  public String toString() {
    return "[" + low + ", " + high + "]";
  }
}
