package dev.synthorax.client.augment;

import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Label;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One image to make.
 *
 * @param arm whose it is
 * @param position in the arm, from 1
 * @param seed of all that is drawn for it
 * @param parent the training image that it is made from; null: none
 * @param prompt empty: none
 * @param labels what the prompt says; empty: what its masks or its parent say
 */
record AugmentItem(
    Arm arm,
    int position,
    long seed,
    @Nullable DatasetImage parent,
    String prompt,
    Map<String, Label> labels) {
  AugmentItem {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** Returns its name: unique in the plan, and in order of arm and position. */
  String id() {
    return id(arm, position);
  }

  static String id(Arm arm, int position) {
    return String.format(Locale.ROOT, "%s-%06d", arm.name(), position);
  }
}
