package dev.synthorax.training.drawing;

import dev.synthorax.training.stage.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * What is said of a sample: its prompt, or its findings where it has none, and then a part for each
 * attribute that it has. A part is left out at times, so that a prompt may name it or not.
 *
 * @param parts in the order in which they are said
 */
record Captions(List<Part> parts) {
  /** What is said of a sample whose only finding is {@code normal}. */
  private static final String NORMAL = "no acute findings";

  /**
   * Words for an attribute.
   *
   * @param attribute its name; a sample without it has no such part
   * @param words what is said; {@code {}} stands for the value
   * @param keep share of the times when it is said
   * @param round numbers are rounded down to a multiple of it; 0 for none
   */
  record Part(String attribute, String words, double keep, int round) {
    Part {
      if (!(keep >= 0 && keep <= 1) || round < 0) {
        throw new IllegalArgumentException(
            "%s: keep %s, round %d (expected: 0 to 1, at least 0)"
                .formatted(attribute, keep, round));
      }
    }

    private String of(String value) {
      return words.replace("{}", round == 0 ? value : rounded(value));
    }

    private String rounded(String value) {
      try {
        return Long.toString(Math.floorDiv((long) Double.parseDouble(value), (long) round) * round);
      } catch (NumberFormatException e) {
        return value;
      }
    }
  }

  Captions {
    parts = List.copyOf(parts);
  }

  /** Everything that can be said of a sample. */
  String whole(Label label) {
    return some(label, _ -> true);
  }

  /**
   * A caption as it is learned from.
   *
   * @param draws a number in 0..1 for each part, from {@code offset} on
   */
  String drawn(Label label, float[] draws, int offset) {
    return some(label, part -> draws[offset + part] < parts.get(part).keep());
  }

  private String some(Label label, IntPredicate said) {
    var words = new ArrayList<String>();
    words.add(label.prompt().isEmpty() ? findings(label) : label.prompt());
    for (int i = 0; i < parts.size(); i++) {
      String value = label.attributes().get(parts.get(i).attribute());
      if (value != null && said.test(i)) {
        words.add(parts.get(i).of(value));
      }
    }
    return words.stream().filter(word -> !word.isBlank()).collect(Collectors.joining(", "));
  }

  private static String findings(Label label) {
    if (label.findings().equals(List.of("normal"))) {
      return NORMAL;
    }
    return label.findings().stream()
        .map(finding -> finding.replace('_', ' '))
        .collect(Collectors.joining(" and "));
  }
}
