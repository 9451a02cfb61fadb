package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the tables of a dataset say of one image.
 *
 * @param id a name unique in its dataset; files may be named after it
 * @param patientId the unit that splits and clustered statistics keep together
 * @param studyId images taken at one visit share it
 * @param sex null: not recorded
 * @param ageYears null: not recorded
 * @param view null: not recorded
 * @param split the dataset's own split; null: it has none
 * @param labels by canonical name ({@code pleural_effusion}), in the dataset's order; a name that
 *     is absent was not mentioned
 * @param boxes bounding boxes of findings, none in most datasets
 * @param text a prompt or a report; empty: none
 * @param seed the seed that made the image; null: nothing makes it again from a seed alone
 * @param attributes further facts in a fixed order; strings, booleans, longs, integers, doubles or
 *     null-free lists of strings
 */
public record ImageInfo(
    String id,
    String patientId,
    String studyId,
    @Nullable Sex sex,
    @Nullable Integer ageYears,
    @Nullable View view,
    @Nullable Split split,
    Map<String, Label> labels,
    List<Box> boxes,
    String text,
    @Nullable Long seed,
    Map<String, Object> attributes) {

  /** The label of an image without any finding; positive only beside no positive finding. */
  public static final String NO_FINDING = "no_finding";

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if image, patient or study has no name, or another value is
   *     out of range; names it
   */
  public ImageInfo {
    for (String name : List.of(id, patientId, studyId)) {
      if (name.isBlank()) {
        throw new IllegalArgumentException(
            "image: id '"
                + id
                + "', patient '"
                + patientId
                + "', study '"
                + studyId
                + "' (expected: a name for each)");
      }
    }
    requireNonNull(text, "text");
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    boxes = List.copyOf(boxes);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** Returns a builder of an image that is its own patient and study until told otherwise. */
  public static Builder builder(String id) {
    return new Builder(id);
  }

  /** Returns a builder that starts from this image. */
  public Builder toBuilder() {
    Builder builder = new Builder(id);
    builder.patientId = patientId;
    builder.studyId = studyId;
    builder.sex = sex;
    builder.ageYears = ageYears;
    builder.view = view;
    builder.split = split;
    builder.labels = new LinkedHashMap<>(labels);
    builder.boxes = new ArrayList<>(boxes);
    builder.text = text;
    builder.seed = seed;
    builder.attributes = new LinkedHashMap<>(attributes);
    return builder;
  }

  /** Returns what was said of {@code label}, or null when it was not mentioned. */
  public @Nullable Label label(String label) {
    return labels.get(label);
  }

  /** Returns whether {@code label} is positive. */
  public boolean has(String label) {
    return labels.get(label) == Label.POSITIVE;
  }

  /** Returns the names of the positive labels, in order, without {@link #NO_FINDING}. */
  public List<String> positives() {
    return labels.entrySet().stream()
        .filter(entry -> entry.getValue() == Label.POSITIVE && !entry.getKey().equals(NO_FINDING))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Collects an {@link ImageInfo}; one thread. */
  public static final class Builder {
    private String id;
    private String patientId;
    private String studyId;
    private @Nullable Sex sex;
    private @Nullable Integer ageYears;
    private @Nullable View view;
    private @Nullable Split split;
    private Map<String, Label> labels = new LinkedHashMap<>();
    private List<Box> boxes = new ArrayList<>();
    private String text = "";
    private @Nullable Long seed;
    private Map<String, Object> attributes = new LinkedHashMap<>();

    private Builder(String id) {
      this.id = requireNonNull(id, "id");
      this.patientId = id;
      this.studyId = id;
    }

    /** Renames the image; patient and study stay. */
    public Builder id(String value) {
      id = value;
      return this;
    }

    /** Sets the patient. */
    public Builder patientId(String value) {
      patientId = value;
      return this;
    }

    /** Sets the study. */
    public Builder studyId(String value) {
      studyId = value;
      return this;
    }

    /** Sets the patient's sex. */
    public Builder sex(@Nullable Sex value) {
      sex = value;
      return this;
    }

    /** Sets the patient's age. */
    public Builder ageYears(@Nullable Integer value) {
      ageYears = value;
      return this;
    }

    /** Sets the view. */
    public Builder view(@Nullable View value) {
      view = value;
      return this;
    }

    /** Sets the split. */
    public Builder split(@Nullable Split value) {
      split = value;
      return this;
    }

    /** Sets one label. */
    public Builder label(String name, Label value) {
      labels.put(name, value);
      return this;
    }

    /** Replaces all labels. */
    public Builder labels(Map<String, Label> values) {
      labels = new LinkedHashMap<>(values);
      return this;
    }

    /** Adds a box. */
    public Builder box(Box value) {
      boxes.add(value);
      return this;
    }

    /** Replaces all boxes. */
    public Builder boxes(List<Box> values) {
      boxes = new ArrayList<>(values);
      return this;
    }

    /** Sets prompt or report. */
    public Builder text(String value) {
      text = value;
      return this;
    }

    /** Sets the seed. */
    public Builder seed(@Nullable Long value) {
      seed = value;
      return this;
    }

    /** Sets one further fact. */
    public Builder attribute(String name, Object value) {
      attributes.put(name, value);
      return this;
    }

    /** Replaces all further facts. */
    public Builder attributes(Map<String, Object> values) {
      attributes = new LinkedHashMap<>(values);
      return this;
    }

    /** Returns the image's facts. */
    public ImageInfo build() {
      return new ImageInfo(
          id,
          patientId,
          studyId,
          sex,
          ageYears,
          view,
          split,
          labels,
          boxes,
          text,
          seed,
          attributes);
    }
  }
}
