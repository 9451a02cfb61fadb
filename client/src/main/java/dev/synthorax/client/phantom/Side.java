package dev.synthorax.client.phantom;

import java.util.List;

/**
 * A side of the patient. The patient's right is at the left of the image, at negative {@code x}.
 */
public enum Side {
  /** The patient's right. */
  RIGHT("right"),
  /** The patient's left. */
  LEFT("left"),
  /** Both sides. */
  BILATERAL("bilateral");

  /** The two single sides, right first. */
  static final List<Side> EACH = List.of(RIGHT, LEFT);

  private final String word;

  Side(String word) {
    this.word = word;
  }

  /** Returns the word used in prompts and attributes. */
  public String word() {
    return word;
  }

  Side other() {
    return this == RIGHT ? LEFT : RIGHT;
  }

  boolean includes(Side one) {
    return this == BILATERAL || this == one;
  }
}
