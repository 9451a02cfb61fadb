package dev.synthorax.client.augment.plan;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What becomes of an image whose prompt would name a finding that the model does not know: it
 * cannot draw it, and the label would be wrong.
 */
public enum UnknownFindings {
  /** The plan is refused. */
  STOP("stop"),
  /** The prompt does not name the finding, and nothing is said of its label. */
  DROP("drop"),
  /** No such image is made; parents, labels and combinations without it take its turn. */
  DROP_ITEMS("drop-items");

  private final String wireName;

  UnknownFindings(String wireName) {
    this.wireName = wireName;
  }

  /** Returns the name used in plans, for example {@code drop-items}. */
  public String wireName() {
    return wireName;
  }

  static UnknownFindings ofWireName(String name) {
    return Arrays.stream(values())
        .filter(value -> value.wireName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + name
                        + "' (expected: "
                        + Arrays.stream(values())
                            .map(UnknownFindings::wireName)
                            .collect(Collectors.joining(", "))
                        + ")"));
  }
}
