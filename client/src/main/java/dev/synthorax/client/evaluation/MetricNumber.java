package dev.synthorax.client.evaluation;

import dev.synthorax.client.stats.Decimals;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that may not exist: null in JSON, a dash in a table; never NaN. An infinite one is {@code
 * "Infinity"} in JSON, for JSON has no such number.
 */
public final class MetricNumber {
  private MetricNumber() {}

  /** Returns the value for a JSON document. */
  public static @Nullable Object json(double value) {
    return Double.isNaN(value) ? null : Double.isInfinite(value) ? Double.toString(value) : value;
  }

  /** Returns four decimals; a dash where there is no finite number. */
  public static String cell(double value) {
    return Double.isFinite(value) ? Decimals.fixed(value, 4) : "-";
  }
}
