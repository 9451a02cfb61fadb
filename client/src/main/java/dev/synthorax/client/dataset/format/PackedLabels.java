package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Labels of many images in little memory: each label is one character of a string, the number of
 * its name times three and its value.
 *
 * <p><b>Threading:</b> {@link #pack} on one thread; {@link #unpack} on any, once nothing is packed
 * any more.
 */
final class PackedLabels {
  private static final int VALUES = 3;

  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  /** Returns the labels in their order. */
  String pack(Map<String, Label> labels) {
    StringBuilder packed = new StringBuilder(labels.size());
    labels.forEach(
        (name, label) -> {
          Integer number = numbers.get(name);
          if (number == null) {
            number = names.size();
            names.add(name);
            numbers.put(name, number);
          }
          packed.append((char) (number * VALUES + value(label)));
        });
    return packed.toString();
  }

  private static int value(Label label) {
    return switch (label) {
      case NEGATIVE -> 0;
      case POSITIVE -> 1;
      case UNCERTAIN -> 2;
    };
  }

  /** Returns what was packed. */
  Map<String, Label> unpack(String packed) {
    Map<String, Label> labels = new LinkedHashMap<>();
    for (int i = 0; i < packed.length(); i++) {
      int code = packed.charAt(i);
      Label label =
          code % VALUES == 0
              ? Label.NEGATIVE
              : code % VALUES == 1 ? Label.POSITIVE : Label.UNCERTAIN;
      labels.put(names.get(code / VALUES), label);
    }
    return labels;
  }
}
