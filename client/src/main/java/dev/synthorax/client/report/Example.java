package dev.synthorax.client.report;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Splits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An image to look at, and a real one to hold it against.
 *
 * @param image the image, with its masks
 * @param real null: there is none
 * @param relation what the real one is to it: {@code the image it was made from}; empty without one
 */
public record Example(Sample image, @Nullable Sample real, String relation) {
  private static final String PARENT = "the image it was made from";
  private static final String SAME = "another patient, same findings";
  private static final String SHARED = "another patient, a finding in common";
  private static final String OTHER = "another patient, other findings";

  /**
   * Chooses images so that findings take turns, in the order of the set, each beside the real image
   * it was made from, else beside one of the same findings, else beside one with a finding in
   * common, else beside any that is left.
   *
   * @param images what to choose from
   * @param reals real images; empty: nothing to hold them against
   * @param count how many at most
   * @throws IOException if an image cannot be read; one line
   */
  public static List<Example> choose(List<DatasetImage> images, List<DatasetImage> reals, int count)
      throws IOException {
    List<DatasetImage> left = new ArrayList<>(reals);
    List<Example> examples = new ArrayList<>();
    for (DatasetImage image : inTurns(images, count)) {
      DatasetImage real = partner(image.info(), left);
      if (real == null) {
        examples.add(new Example(image.load(), null, ""));
      } else {
        left.remove(real);
        examples.add(new Example(image.load(), real.load(), relation(image.info(), real.info())));
      }
    }
    return examples;
  }

  private static List<DatasetImage> inTurns(List<DatasetImage> images, int count) {
    Map<String, List<DatasetImage>> byFinding = new LinkedHashMap<>();
    for (DatasetImage image : images) {
      ImageInfo info = image.info();
      String finding =
          info.positives().isEmpty() ? info.text() : String.join(",", info.positives());
      byFinding.computeIfAbsent(finding, _ -> new ArrayList<>()).add(image);
    }
    List<DatasetImage> chosen = new ArrayList<>();
    for (int turn = 0; chosen.size() < Math.min(count, images.size()); turn++) {
      for (List<DatasetImage> group : byFinding.values()) {
        if (turn < group.size() && chosen.size() < count) {
          chosen.add(group.get(turn));
        }
      }
    }
    return chosen;
  }

  private static @Nullable DatasetImage partner(ImageInfo image, List<DatasetImage> reals) {
    for (String wanted : List.of(PARENT, SAME, SHARED, OTHER)) {
      for (DatasetImage real : reals) {
        if (relation(image, real.info()).equals(wanted)) {
          return real;
        }
      }
    }
    return null;
  }

  private static String relation(ImageInfo image, ImageInfo real) {
    if (real.id().equals(image.attributes().get(Splits.PARENT))) {
      return PARENT;
    }
    Set<String> has = Set.copyOf(real.positives());
    if (image.labels().isEmpty()) {
      Set<String> asked = findings(image.text(), has);
      return asked.isEmpty() ? OTHER : relation(asked, has);
    }
    return relation(Set.copyOf(image.positives()), has);
  }

  private static String relation(Set<String> shown, Set<String> has) {
    if (shown.equals(has)) {
      return SAME;
    }
    return Collections.disjoint(shown, has) ? OTHER : SHARED;
  }

  /** Returns the findings that a prompt names: those of phantoms, and {@code others}. */
  private static Set<String> findings(String prompt, Set<String> others) {
    String text = prompt.toLowerCase(Locale.ROOT);
    return Stream.concat(Arrays.stream(Finding.values()).map(Finding::label), others.stream())
        .filter(label -> !label.equals(ImageInfo.NO_FINDING))
        .filter(label -> text.contains(label.replace('_', ' ')))
        .collect(Collectors.toSet());
  }
}
