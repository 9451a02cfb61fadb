package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The labels of a film, true and as a careless reader writes them down. */
final class PhantomLabels {
  static final String LUNG_OPACITY = "lung_opacity";
  static final String SUPPORT_DEVICES = "support_devices";
  private static final Set<Finding> OPACITIES =
      Set.of(Finding.CONSOLIDATION, Finding.PNEUMONIA, Finding.EDEMA, Finding.ATELECTASIS);

  private PhantomLabels() {}

  /** Returns every label, positive or negative, always in the same order. */
  static Map<String, Label> of(Pathology pathology) {
    List<Finding> findings = pathology.findings();
    Map<String, Label> labels = new LinkedHashMap<>();
    for (Finding finding : Finding.values()) {
      boolean present =
          findings.contains(finding)
              || (finding == Finding.CONSOLIDATION && findings.contains(Finding.PNEUMONIA));
      labels.put(finding.label(), label(present));
    }
    labels.put(LUNG_OPACITY, label(findings.stream().anyMatch(OPACITIES::contains)));
    labels.put(SUPPORT_DEVICES, label(pathology.drain() != null));
    return labels;
  }

  private static Label label(boolean present) {
    return present ? Label.POSITIVE : Label.NEGATIVE;
  }

  /** Returns the names of the positive labels, without that of a film without findings. */
  static List<String> positives(Map<String, Label> labels) {
    return labels.entrySet().stream()
        .filter(e -> e.getValue() == Label.POSITIVE && !e.getKey().equals(ImageInfo.NO_FINDING))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Returns the labels with each flipped or doubted by chance, independently; {@code no_finding}
   * then follows: positive where no other is positive, devices aside, negative otherwise.
   */
  static Map<String, Label> noisy(Map<String, Label> labels, PhantomKnobs knobs, Draw draw) {
    if (knobs.labelFlips() == 0 && knobs.labelDoubts() == 0) {
      return labels;
    }
    Map<String, Label> noisy = new LinkedHashMap<>();
    boolean none = true;
    for (Map.Entry<String, Label> entry : labels.entrySet()) {
      boolean doubted = draw.chance(knobs.labelDoubts());
      boolean flipped = draw.chance(knobs.labelFlips());
      Label truth = entry.getValue();
      Label said = doubted ? Label.UNCERTAIN : label((truth == Label.POSITIVE) != flipped);
      noisy.put(entry.getKey(), said);
      boolean counts = !Set.of(ImageInfo.NO_FINDING, SUPPORT_DEVICES).contains(entry.getKey());
      none &= !(counts && said == Label.POSITIVE);
    }
    noisy.put(ImageInfo.NO_FINDING, label(none));
    return noisy;
  }
}
