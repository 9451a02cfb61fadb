package dev.synthorax.client.report;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Splits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final String OTHER = "another patient, other findings";

  /**
   * Chooses images so that findings take turns, in the order of the set, each beside the real image
   * it was made from, else beside one of the same findings, else beside any that is left.
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
    for (String wanted : List.of(PARENT, SAME, OTHER)) {
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
    return hasFindingsOf(image, real) ? SAME : OTHER;
  }

  private static boolean hasFindingsOf(ImageInfo image, ImageInfo real) {
    List<String> findings = real.positives();
    if (!image.labels().isEmpty()) {
      return image.positives().equals(findings);
    }
    String text = image.text().toLowerCase(Locale.ROOT);
    return !findings.isEmpty()
        && findings.stream().allMatch(finding -> text.contains(finding.replace('_', ' ')));
  }
}
