package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

/**
 * A structure that a mask outlines. The declaration order is the channel order of every mask
 * tensor.
 */
public enum Structure {
  /** Both lung fields, without the heart and mediastinum, above the domes of the diaphragm. */
  LUNGS("lungs"),
  /** The cardiac silhouette. */
  HEART("heart"),
  /** Air between the parietal and the visceral pleura, as projected beside the collapsed lung. */
  PNEUMOTHORAX("pneumothorax");

  private final String wireName;

  Structure(String wireName) {
    this.wireName = wireName;
  }

  /** Returns the name used in files and on the wire, for example {@code lungs}. */
  public String wireName() {
    return wireName;
  }

  /**
   * Returns the structure with the given wire name.
   *
   * @throws IllegalArgumentException if no structure has that name
   */
  public static Structure ofWireName(String name) {
    requireNonNull(name, "name");
    for (Structure structure : values()) {
      if (structure.wireName.equals(name)) {
        return structure;
      }
    }
    throw new IllegalArgumentException(
        "structure: '" + name + "' (expected: lungs, heart or pneumothorax)");
  }
}
