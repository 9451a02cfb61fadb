package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.dataset.Sample;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the side that a prompt names is the side that is drawn, in the eyes of a classifier whose
 * labels are {@code FINDING_side=left} and {@code FINDING_side=right}: the side with the higher
 * score is the drawn one.
 */
record SideJudge(Reader sides) {
  private static final String LEFT = "_side=left";
  private static final String RIGHT = "_side=right";

  /** Whether a sample's prompt names one side, of one finding that the classifier knows. */
  boolean knows(Sample sample) {
    return namesOneSide(sample.info().text()) && sided(sample).size() == 1;
  }

  /** Whether a prompt says left or right, once or more, but not both. */
  static boolean namesOneSide(String prompt) {
    List<String> words = List.of(prompt.toLowerCase(Locale.ROOT).split("\\W+"));
    return words.contains("left") != words.contains("right") && !words.contains("bilateral");
  }

  /**
   * Judges.
   *
   * @param samples that it {@link #knows}
   */
  Verdict judge(List<Sample> samples, List<Reader.Reading> real, List<Reader.Reading> drawn) {
    var verdict =
        new Verdict.Builder(
            "Named side is drawn side, prompts that name one side",
            "finding",
            "prompts",
            "phantoms",
            "generated");
    for (String finding : findings()) {
      List<Integer> with =
          Stream.iterate(0, i -> i + 1)
              .limit(samples.size())
              .filter(i -> sided(samples.get(i)).equals(Set.of(finding)))
              .toList();
      verdict.row(
          finding,
          Integer.toString(with.size()),
          Verdict.number(share(with, samples, real)),
          Verdict.number(share(with, samples, drawn)));
    }
    List<Integer> all = Stream.iterate(0, i -> i + 1).limit(samples.size()).toList();
    double right = share(all, samples, drawn);
    verdict.row(
        "all",
        Integer.toString(samples.size()),
        Verdict.number(share(all, samples, real)),
        Verdict.number(right));
    verdict.figure("named_side_is_drawn", right);
    return verdict.build();
  }

  private List<String> findings() {
    return sides.labels().stream()
        .filter(label -> label.endsWith(LEFT))
        .map(label -> label.substring(0, label.length() - LEFT.length()))
        .toList();
  }

  /** Findings with one side that a sample has. */
  private Set<String> sided(Sample sample) {
    return findings().stream()
        .filter(
            finding ->
                side(sample, finding).equals("left") || side(sample, finding).equals("right"))
        .collect(Collectors.toSet());
  }

  private static String side(Sample sample, String finding) {
    return String.valueOf(sample.info().attributes().get(finding + "_side"));
  }

  private double share(List<Integer> which, List<Sample> samples, List<Reader.Reading> readings) {
    return which.stream()
        .mapToDouble(i -> rightSide(samples.get(i), readings.get(i)) ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  private boolean rightSide(Sample sample, Reader.Reading reading) {
    String finding = sided(sample).iterator().next();
    boolean left = sides.score(reading, finding + LEFT) > sides.score(reading, finding + RIGHT);
    return left == side(sample, finding).equals("left");
  }
}
