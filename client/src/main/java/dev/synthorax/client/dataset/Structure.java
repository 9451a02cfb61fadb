package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A structure that a mask outlines. */
public enum Structure {
  /** Both lung fields, without the heart and mediastinum, above the domes of the diaphragm. */
  LUNGS("lungs"),
  /** The cardiac silhouette. */
  HEART("heart"),
  /** Air between the parietal and the visceral pleura, as projected beside the collapsed lung. */
  PNEUMOTHORAX("pneumothorax"),
  /** The patient's left lung field, on the right of the picture. */
  LEFT_LUNG("left_lung"),
  /** The patient's right lung field, on the left of the picture. */
  RIGHT_LUNG("right_lung"),
  /** The region of a broken rib around its fracture. */
  RIB_FRACTURE("rib_fracture"),
  /** A chest tube from its tip to where it leaves the body. */
  CHEST_TUBE("chest_tube");

  /** The channels of sample shards and of the bundled models, in order. */
  public static final List<Structure> CHANNELS = List.of(LUNGS, HEART, PNEUMOTHORAX);

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
        "structure: '"
            + name
            + "' (expected: "
            + Arrays.stream(values()).map(Structure::wireName).collect(Collectors.joining(", "))
            + ")");
  }
}
