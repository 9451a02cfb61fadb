package dev.synthorax.client.augment.plan;

import org.jspecify.annotations.Nullable;

/** Checks of values, in the words of the keys they stand under. */
final class Checks {
  private Checks() {}

  static void require(boolean condition, String key, Object value, String expected) {
    if (!condition) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
  }

  static <T> T present(String key, @Nullable T value, String expected) {
    if (value == null) {
      throw new IllegalArgumentException(key + ": missing (expected: " + expected + ")");
    }
    return value;
  }

  static <T> T orElse(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
