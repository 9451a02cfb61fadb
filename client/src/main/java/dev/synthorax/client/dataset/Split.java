package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** What an image may be used for. No patient may be in two splits. */
public enum Split {
  /** Fitting of parameters; the only split that masks are transformed or images imitated from. */
  TRAIN,
  /** Choice of thresholds and settings. */
  VALIDATION,
  /** Reported figures, nothing else. */
  TEST;

  /** Returns the name used in files: {@code train}, {@code validation} or {@code test}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the split called {@code name}; {@code validate}, {@code valid} and {@code val} are
   * understood too.
   *
   * @throws IllegalArgumentException if no split has that name
   */
  public static Split ofWireName(String name) {
    requireNonNull(name, "name");
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "train" -> TRAIN;
      case "validation", "validate", "valid", "val" -> VALIDATION;
      case "test" -> TEST;
      default ->
          throw new IllegalArgumentException(
              "split: '" + name + "' (expected: train, validation or test)");
    };
  }
}
