package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells once of each kind of thing that a format cannot hold, with the first sample that has it.
 *
 * <p><b>Threading:</b> one thread.
 */
final class FormatLosses {
  private final String format;
  private final Consumer<String> warnings;
  private final Set<String> told = new HashSet<>();

  FormatLosses(String format, Consumer<String> warnings) {
    this.format = format;
    this.warnings = warnings;
  }

  /** What a sample may have beside its pixels, labels and names. */
  enum Part {
    /** Masks of structures. */
    MASKS,
    /** Boxes of findings. */
    BOXES,
    /** The split. */
    SPLIT,
    /** The patient's sex. */
    SEX,
    /** The patient's age. */
    AGE,
    /** The view. */
    VIEW,
    /** Prompt or report. */
    TEXT,
    /** The seed. */
    SEED,
    /** Further facts. */
    ATTRIBUTES;

    private boolean isIn(Sample sample) {
      ImageInfo info = sample.info();
      return switch (this) {
        case MASKS -> !sample.masks().isEmpty();
        case BOXES -> !info.boxes().isEmpty();
        case SPLIT -> info.split() != null;
        case SEX -> info.sex() != null;
        case AGE -> info.ageYears() != null;
        case VIEW -> info.view() != null;
        case TEXT -> !info.text().isEmpty();
        case SEED -> info.seed() != null;
        case ATTRIBUTES -> !info.attributes().isEmpty();
      };
    }

    private String words() {
      return switch (this) {
        case MASKS -> "masks";
        case BOXES -> "boxes";
        case SPLIT -> "splits";
        case SEX -> "sex";
        case AGE -> "age";
        case VIEW -> "views";
        case TEXT -> "prompts and reports";
        case SEED -> "seeds";
        case ATTRIBUTES -> "attributes";
      };
    }
  }

  /** Reports those of {@code parts} that the sample has, one line for all that are new. */
  void drop(Sample sample, Set<Part> parts) {
    List<String> dropped = new ArrayList<>();
    for (Part part : EnumSet.copyOf(parts)) {
      if (part.isIn(sample) && told.add(part.words())) {
        dropped.add(part.words());
      }
    }
    if (!dropped.isEmpty()) {
      tell(sample, "cannot hold " + String.join(", ", dropped) + "; dropped");
    }
  }

  /**
   * Reports things of one kind that are dropped, one line for all that are new: {@code masks of
   * heart, lungs}.
   */
  void drop(Sample sample, String kind, List<String> names) {
    List<String> dropped = new ArrayList<>();
    for (String name : names) {
      if (told.add(kind + " " + name)) {
        dropped.add(name);
      }
    }
    if (!dropped.isEmpty()) {
      tell(sample, "cannot hold " + kind + " " + String.join(", ", dropped) + "; dropped");
    }
  }

  /** Reports something else that is dropped: {@code labels}. */
  void drop(Sample sample, String what) {
    if (told.add(what)) {
      tell(sample, "cannot hold " + what + "; dropped");
    }
  }

  /** Reports a change of what the sample says: {@code no split becomes train}. */
  void change(Sample sample, String what) {
    if (told.add(what)) {
      tell(sample, what);
    }
  }

  private void tell(Sample sample, String what) {
    warnings.accept(format + ": " + what + " (first: " + sample.id() + ")");
  }
}
