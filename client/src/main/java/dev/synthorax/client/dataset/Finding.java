package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

/** A radiographic finding that labels a sample. */
public enum Finding {
  /** No abnormality; never together with another finding. */
  NORMAL("normal"),
  /** Cardiothoracic ratio above 0.5. */
  CARDIOMEGALY("cardiomegaly"),
  /** Fluid in the pleural space. */
  PLEURAL_EFFUSION("pleural_effusion"),
  /** Air in the pleural space. */
  PNEUMOTHORAX("pneumothorax"),
  /** Airspace filled, no volume loss. */
  CONSOLIDATION("consolidation"),
  /** Pulmonary edema, interstitial to alveolar. */
  EDEMA("edema"),
  /** Loss of volume: plate-like bands or a collapsed lobe. */
  ATELECTASIS("atelectasis");

  private final String wireName;

  Finding(String wireName) {
    this.wireName = wireName;
  }

  /** Returns the name used in files and on the wire, for example {@code pleural_effusion}. */
  public String wireName() {
    return wireName;
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
            + "' (expected: normal, cardiomegaly, pleural_effusion, pneumothorax, consolidation,"
            + " edema or atelectasis)");
  }
}
