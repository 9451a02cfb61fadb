package dev.synthorax.benchmarks.attack;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of an attack's result.
 *
 * @param name what was measured, unit included
 * @param value as shown
 * @param limit as shown; empty where there is none
 * @param held whether the limit was kept; null where there is none
 */
record Figure(String name, String value, String limit, @Nullable Boolean held) {

  static Figure atMost(String name, double value, double limit) {
    return new Figure(name, number(value), "<= " + number(limit), value <= limit);
  }

  static Figure atLeast(String name, double value, double limit) {
    return new Figure(name, number(value), ">= " + number(limit), value >= limit);
  }

  static Figure atMost(String name, long value, long limit) {
    return atMost(name, (double) value, (double) limit);
  }

  static Figure atLeast(String name, long value, long limit) {
    return atLeast(name, (double) value, (double) limit);
  }

  static Figure equal(String name, String value, String expected) {
    return new Figure(name, value, expected, value.equals(expected));
  }

  /** A value with no limit of its own. */
  static Figure told(String name, double value) {
    return told(name, number(value));
  }

  static Figure told(String name, long value) {
    return told(name, (double) value);
  }

  static Figure told(String name, String value) {
    return new Figure(name, value, "", null);
  }

  String verdict() {
    return held == null ? "" : held ? "held" : "BROKEN";
  }

  /** Three significant places at least, no exponent. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "none";
    }
    if (value == Math.rint(value) || Math.abs(value) >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 1 ? "%.2f" : "%.4f", value);
  }
}
