package dev.synthorax.benchmarks.judges;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a figure is to reach.
 *
 * @param figure its name in a {@link Verdict}
 * @param least null: no bound below
 * @param most null: no bound above
 */
record Goal(String figure, @Nullable Double least, @Nullable Double most) {
  /** What the bundled generator is to reach. */
  static final List<Goal> ALL =
      List.of(
          new Goal("label_consistency", 0.85, null),
          new Goal("named_side_is_drawn", 0.95, null),
          new Goal("dice.lungs", 0.95, null),
          new Goal("dice.heart", 0.92, null),
          new Goal("dice.pneumothorax", 0.60, null),
          new Goal("pneumothorax_above_next", 0.10, null),
          new Goal("phantoms.power_ratio_from_0.2500", 0.7, 1.3));

  /** One row of the table of goals; figures that were not judged are said so. */
  static Verdict verdict(Map<String, Double> figures) {
    var verdict = new Verdict.Builder("Goals", "figure", "is", "goal", "reached");
    for (Goal goal : ALL) {
      Double figure = figures.get(goal.figure());
      verdict.row(
          goal.figure(),
          figure == null ? "not judged" : Verdict.number(figure),
          goal.bounds(),
          figure == null ? "" : goal.reachedBy(figure) ? "yes" : "no");
    }
    return verdict.build();
  }

  boolean reachedBy(double figure) {
    return !Double.isNaN(figure)
        && (least == null || figure >= least)
        && (most == null || figure <= most);
  }

  private String bounds() {
    if (least == null) {
      return "at most " + most;
    }
    return most == null ? "at least " + least : least + " to " + most;
  }
}
