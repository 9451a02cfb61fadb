package dev.synthorax.training.tuning;

import dev.synthorax.training.stage.Label;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two images that were drawn for one item and did not please equally.
 *
 * @param first index of a sample
 * @param second index of another
 * @param text how they rank by the text; null: not rated by it, or equal
 * @param mask how they rank by the masks; null: not rated by them, or equal
 */
record PreferencePair(int first, int second, @Nullable Scores text, @Nullable Scores mask) {
  /** Attributes of a sample: images of one item were drawn for one prompt and one mask. */
  static final String ITEM = "item";

  static final String TEXT_SCORE = "text_score";
  static final String MASK_SCORE = "mask_score";

  /** The best score; the worst is 0. */
  static final int BEST = 5;

  /** Scores of both images, unequal. */
  record Scores(double first, double second) {
    private static @Nullable Scores of(@Nullable Double first, @Nullable Double second) {
      return first == null || second == null || first.equals(second)
          ? null
          : new Scores(first, second);
    }
  }

  private record Rated(int index, @Nullable Double text, @Nullable Double mask) {}

  /**
   * All unordered pairs within an item that differ in a score. Samples without a score are left
   * out.
   *
   * @throws IllegalArgumentException naming every rated sample without an item and every score that
   *     is none; or if there is no pair
   */
  static List<PreferencePair> of(List<Label> labels) {
    var problems = new ArrayList<String>();
    Map<String, List<Rated>> items = new LinkedHashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      Label label = labels.get(i);
      var rated =
          new Rated(i, score(label, TEXT_SCORE, problems), score(label, MASK_SCORE, problems));
      String item = label.attributes().get(ITEM);
      if (rated.text() == null && rated.mask() == null) {
        continue;
      }
      if (item == null) {
        problems.add(label.id() + ": no " + ITEM);
      } else {
        items.computeIfAbsent(item, _ -> new ArrayList<>()).add(rated);
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "samples: %s (expected: attributes %s, and %s or %s of 0 to 5)"
              .formatted(String.join("; ", problems), ITEM, TEXT_SCORE, MASK_SCORE));
    }
    List<PreferencePair> pairs = items.values().stream().flatMap(PreferencePair::within).toList();
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "samples: no pair in %d rated items (expected: two images of one %s with unequal %s or %s)"
              .formatted(items.size(), ITEM, TEXT_SCORE, MASK_SCORE));
    }
    return pairs;
  }

  private static Stream<PreferencePair> within(List<Rated> images) {
    var pairs = new ArrayList<PreferencePair>();
    for (int i = 0; i < images.size(); i++) {
      for (int j = i + 1; j < images.size(); j++) {
        Rated first = images.get(i);
        Rated second = images.get(j);
        Scores text = Scores.of(first.text(), second.text());
        Scores mask = Scores.of(first.mask(), second.mask());
        if (text != null || mask != null) {
          pairs.add(new PreferencePair(first.index(), second.index(), text, mask));
        }
      }
    }
    return pairs.stream();
  }

  private static @Nullable Double score(Label label, String name, List<String> problems) {
    String text = label.attributes().get(name);
    if (text == null || text.isEmpty()) {
      return null;
    }
    double score;
    try {
      score = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      score = Double.NaN;
    }
    if (!(score >= 0 && score <= BEST)) {
      problems.add("%s: %s %s".formatted(label.id(), name, text));
      return null;
    }
    return score;
  }
}
