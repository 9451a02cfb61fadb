package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A patient's sex as datasets record it. */
public enum Sex {
  /** Female. */
  FEMALE,
  /** Male. */
  MALE;

  /** Returns {@code female} or {@code male}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@code Male}, {@code M}, {@code female}, {@code F}; null for anything else. */
  public static @Nullable Sex ofName(String name) {
    requireNonNull(name, "name");
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "male", "m" -> MALE;
      case "female", "f" -> FEMALE;
      default -> null;
    };
  }
}
