package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.transform.Range;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which images of a server are not taken; a rejected one is made again with its next sub-seed. The
 * filters see grey values alone: they find images that failed, not images that are wrong.
 *
 * @param contrast standard deviation of the grey values, within 0 to 128
 * @param mean of the grey values, within 0 to 255
 * @param duplicates whether an image may not have the pixels of one before it, by id
 * @param maxTries images made for one that is kept, 1 to 100
 */
public record Filters(Range contrast, Range mean, boolean duplicates, int maxTries) {
  /** A deviation of 4 at least, a mean of 10 to 245, no duplicates, five tries. */
  public static final Filters DEFAULT = new Filters(Range.of(4, 128), Range.of(10, 245), true, 5);

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a range is not within that of pixels, or the tries are not
   *     1 to 100; names the key
   */
  public Filters {
    requireWithin("contrast", contrast, 128);
    requireWithin("mean", mean, 255);
    Checks.require(maxTries >= 1 && maxTries <= 100, "max-tries", maxTries, "1 to 100");
  }

  private static void requireWithin(String key, Range range, double most) {
    Checks.require(range.low() >= 0 && range.high() <= most, key, range, "within 0 to " + most);
  }

  @JsonCreator
  static Filters of(
      @JsonProperty("contrast") @Nullable Range contrast,
      @JsonProperty("mean") @Nullable Range mean,
      @JsonProperty("duplicates") @Nullable Boolean duplicates,
      @JsonProperty("max-tries") @Nullable Integer maxTries) {
    return new Filters(
        Checks.orElse(contrast, DEFAULT.contrast),
        Checks.orElse(mean, DEFAULT.mean),
        Checks.orElse(duplicates, DEFAULT.duplicates),
        Checks.orElse(maxTries, DEFAULT.maxTries));
  }

  /** Returns why {@code image} is not taken, or null. */
  public @Nullable String problem(GrayImage image) {
    byte[] pixels = image.toBytes();
    long sum = 0;
    long squares = 0;
    for (byte pixel : pixels) {
      int grey = pixel & 0xFF;
      sum += grey;
      squares += (long) grey * grey;
    }
    double level = (double) sum / pixels.length;
    double deviation = Math.sqrt(Math.max(0, (double) squares / pixels.length - level * level));
    if (!contrast.contains(deviation)) {
      return outside("contrast", deviation, contrast);
    }
    return mean.contains(level) ? null : outside("mean", level, mean);
  }

  private static String outside(String what, double value, Range expected) {
    return String.format(
        Locale.ROOT, "%s: %.2f (expected: %s to %s)", what, value, expected.low(), expected.high());
  }
}
