package dev.synthorax.client.stats;

import java.util.Locale;

/** The hypothesis that a small p-value supports, of the difference arm minus baseline. */
public enum Alternative {
  /** The arm is above the baseline. */
  GREATER,
  /** The arm is below the baseline. */
  LESS,
  /** The arm differs from the baseline. */
  TWO_SIDED;

  /** Returns the name in options and JSON: {@code greater}, {@code less} or {@code two-sided}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the p-value of this alternative out of the two tails, both including the observed. */
  PValues of(double lowerTail, double upperTail) {
    double twoSided = Math.min(1, 2 * Math.min(lowerTail, upperTail));
    return new PValues(
        switch (this) {
          case GREATER -> upperTail;
          case LESS -> lowerTail;
          case TWO_SIDED -> twoSided;
        },
        twoSided);
  }

  /** A p-value of the alternative asked for, and the two-sided one beside it. */
  record PValues(double chosen, double twoSided) {}
}
