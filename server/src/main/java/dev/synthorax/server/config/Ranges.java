package dev.synthorax.server.config;

import java.time.Duration;

/** Range checks of the configuration's records. */
final class Ranges {
  private Ranges() {}

  static void require(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          max == Long.MAX_VALUE
              ? "%s: %d (expected: at least %d)".formatted(key, value, min)
              : "%s: %d (expected: %d to %d)".formatted(key, value, min, max));
    }
  }

  static void require(String key, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s to %s)".formatted(key, value, min, max));
    }
  }
}
