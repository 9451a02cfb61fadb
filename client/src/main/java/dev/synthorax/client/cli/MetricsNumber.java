package dev.synthorax.client.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers that may not exist: null in JSON, a dash in a table; never NaN. */
final class MetricsNumber {
  private MetricsNumber() {}

  static @Nullable Double json(double value) {
    return Double.isFinite(value) ? value : null;
  }

  static String cell(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "-";
  }
}
