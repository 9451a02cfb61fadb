package dev.synthorax.client.metrics;

import java.util.Locale;

/** What 0 / 0 is worth: precision without a predicted positive, recall without a positive. */
public enum ZeroDivision {
  /** 0, as scikit-learn does by default. */
  ZERO(0),
  /** 1. */
  ONE(1),
  /** No value; a mean over labels leaves it out. */
  UNDEFINED(Double.NaN);

  private final double value;

  ZeroDivision(double value) {
    this.value = value;
  }

  /** Returns the name in options and JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  double divide(long numerator, long denominator) {
    return denominator == 0 ? value : (double) numerator / denominator;
  }
}
