package dev.synthorax.client.phantom;

/** How much of a finding there is. */
public enum Severity {
  /** Subtle but visible at full size. */
  SMALL("small"),
  /** Plain to see at 128 pixels. */
  MODERATE("moderate"),
  /** Dominates its side of the film. */
  LARGE("large");

  private final String word;

  Severity(String word) {
    this.word = word;
  }

  /** Returns the word used in prompts and attributes. */
  public String word() {
    return word;
  }
}
