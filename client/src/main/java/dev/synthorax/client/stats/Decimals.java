package dev.synthorax.client.stats;

import java.util.Locale;

/** Numbers with a fixed number of decimals, as tables and pages print them. */
public final class Decimals {
  private Decimals() {}

  /** Returns a finite number with {@code places} decimals; what rounds to 0 has no sign. */
  public static String fixed(double value, int places) {
    String text = String.format(Locale.ROOT, "%." + places + "f", value);
    return text.startsWith("-") && text.chars().allMatch(c -> "-0.".indexOf(c) >= 0)
        ? text.substring(1)
        : text;
  }
}
