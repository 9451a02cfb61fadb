package dev.synthorax.client.augment;

import dev.synthorax.client.dataset.ImageInfo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a model can be asked to show.
 *
 * @param model its name
 * @param names findings by canonical label; empty: the model does not say, and is believed to know
 *     all
 */
record KnownFindings(String model, Set<String> names) {
  /** Every finding there is. */
  static final KnownFindings ALL = new KnownFindings("", Set.of());

  KnownFindings {
    names = new LinkedHashSet<>(names);
  }

  /** Returns whether the model can draw {@code label}; one without any finding it always can. */
  boolean knows(String label) {
    return names.isEmpty() || label.equals(ImageInfo.NO_FINDING) || names.contains(label);
  }

  /** Returns whether the model knows all of {@code labels}. */
  boolean knowsAll(List<String> labels) {
    return labels.stream().allMatch(this::knows);
  }

  /** Returns those of {@code labels} that the model knows. */
  List<String> known(List<String> labels) {
    return labels.stream().filter(this::knows).toList();
  }

  @Override
  public String toString() {
    return model + " (" + String.join(", ", names) + ")";
  }
}
