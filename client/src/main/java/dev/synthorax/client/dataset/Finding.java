package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A radiographic finding that the phantom can show and prompts can ask for. */
public enum Finding {
  /** No abnormality; never together with another finding. */
  NORMAL("normal", ImageInfo.NO_FINDING),
  /** Cardiothoracic ratio above 0.5. */
  CARDIOMEGALY("cardiomegaly", "cardiomegaly"),
  /** Fluid in the pleural space. */
  PLEURAL_EFFUSION("pleural_effusion", "pleural_effusion"),
  /** Air in the pleural space. */
  PNEUMOTHORAX("pneumothorax", "pneumothorax"),
  /** Airspace filled, no volume loss. */
  CONSOLIDATION("consolidation", "consolidation"),
  /** Pulmonary edema, interstitial to alveolar. */
  EDEMA("edema", "edema"),
  /** Loss of volume: plate-like bands or a collapsed lobe. */
  ATELECTASIS("atelectasis", "atelectasis"),
  /** A lobar consolidation that is an infection. */
  PNEUMONIA("pneumonia", "pneumonia"),
  /** A broken rib. */
  RIB_FRACTURE("rib_fracture", "fracture");

  private final String wireName;
  private final String label;

  Finding(String wireName, String label) {
    this.wireName = wireName;
    this.label = label;
  }

  /** Returns the name used by prompts, shards and commands, for example {@code rib_fracture}. */
  public String wireName() {
    return wireName;
  }

  /** Returns the canonical label of datasets, for example {@code fracture}. */
  public String label() {
    return label;
  }

  /**
   * Returns the finding with the given wire name.
   *
   * @throws IllegalArgumentException if no finding has that name
   */
  public static Finding ofWireName(String name) {
    requireNonNull(name, "name");
    for (Finding finding : values()) {
      if (finding.wireName.equals(name)) {
        return finding;
      }
    }
    throw new IllegalArgumentException(
        "finding: '"
            + name
            + "' (expected: "
            + Arrays.stream(values()).map(Finding::wireName).collect(Collectors.joining(", "))
            + ")");
  }
}
