package dev.synthorax.engine;

import static java.util.Objects.requireNonNull;

/**
 * Something that computes.
 *
 * @param kind {@code CPU} or {@code GPU}
 * @param index position among the devices of its kind, from 0
 * @param description for people, such as the processor's name
 */
public record Device(Kind kind, int index, String description) {
  /** Kinds of devices. */
  public enum Kind {
    /** The host's processor. */
    CPU,
    /** A graphics processor. */
    GPU
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the index is negative
   */
  public Device {
    requireNonNull(kind, "kind");
    requireNonNull(description, "description");
    if (index < 0) {
      throw new IllegalArgumentException("index: " + index + " (expected: >= 0)");
    }
  }

  /** Kind and index for messages, such as {@code GPU 0}. */
  public String name() {
    return kind + " " + index;
  }
}
