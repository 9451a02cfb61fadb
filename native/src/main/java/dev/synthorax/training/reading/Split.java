package dev.synthorax.training.reading;

import dev.synthorax.training.stage.Label;
import dev.synthorax.training.stage.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which samples are learned from and which measure what was learned. A sample whose attribute
 * {@code split} is {@code test} is neither. Where some are {@code validation}, these measure;
 * otherwise patients (attribute {@code patient}, else each sample is one) are drawn for it.
 *
 * @param learned indices, rising
 * @param heldOut indices, rising
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Split(int[] learned, int[] heldOut) {
  /**
   * How samples are held out.
   *
   * @param share of the samples, where the samples do not say which; 0: none
   * @param most samples that measure
   * @param everySteps steps between two measurements; there is one more at the end
   */
  record Settings(double share, int most, long everySteps) {
    Settings {
      if (!(share >= 0 && share <= 0.5) || most < 1 || everySteps < 1) {
        throw new IllegalArgumentException(
            "share %s, most %d, everySteps %d (expected: 0..0.5, at least 1, at least 1)"
                .formatted(share, most, everySteps));
      }
    }
  }

  static Split of(Samples samples, Settings settings, long seed) {
    List<Integer> open = new ArrayList<>();
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      switch (samples.labels().get(i).attributes().getOrDefault("split", "")) {
        case "test" -> {}
        case "validation" -> given.add(i);
        default -> open.add(i);
      }
    }
    List<Integer> heldOut = given.isEmpty() ? drawn(samples, open, settings, seed) : given;
    open.removeAll(List.copyOf(heldOut));
    return new Split(
        sorted(open.stream().mapToInt(Integer::intValue)),
        sorted(ranked(samples, heldOut, seed).limit(settings.most())));
  }

  private static List<Integer> drawn(
      Samples samples, List<Integer> from, Settings settings, long seed) {
    double wanted = Math.min(Math.ceil(settings.share() * from.size()), settings.most());
    Map<String, List<Integer>> patients = new LinkedHashMap<>();
    ranked(samples, from, seed)
        .forEach(
            index ->
                patients
                    .computeIfAbsent(patient(samples, index), _ -> new ArrayList<>())
                    .add(index));
    List<Integer> result = new ArrayList<>();
    for (List<Integer> films : patients.values()) {
      if (result.size() >= wanted) {
        break;
      }
      result.addAll(films);
    }
    return result;
  }

  /** In an order that the seed decides, patient by patient. */
  private static IntStream ranked(Samples samples, List<Integer> indices, long seed) {
    return indices.stream()
        .sorted(
            Comparator.comparingLong((Integer index) -> rank(patient(samples, index), seed))
                .thenComparing(index -> patient(samples, index))
                .thenComparing(Comparator.naturalOrder()))
        .mapToInt(Integer::intValue);
  }

  private static long rank(String patient, long seed) {
    return new SplittableRandom(seed ^ ((long) patient.hashCode() << 32)).nextLong();
  }

  private static String patient(Samples samples, int index) {
    Label label = samples.labels().get(index);
    return label.attributes().getOrDefault("patient", label.id());
  }

  private static int[] sorted(IntStream indices) {
    return indices.sorted().toArray();
  }
}
