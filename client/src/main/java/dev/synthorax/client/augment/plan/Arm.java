package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.transform.AnatomyLimits;
import dev.synthorax.client.transform.ImageAugmentationRanges;
import dev.synthorax.client.transform.TransformRanges;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One dataset to make.
 *
 * @param name folder and start of ids: lower-case letters, digits and hyphens
 * @param kind how its images come about
 * @param count images to make, 1 to 999,999; null: by ratio
 * @param ratio images to make for each training image of the source, above 0; null: by count
 * @param labels of single-label arms; empty: those positive in the source's training images
 * @param combinations of multi-label arms; empty: those of the source's training images
 * @param otherLabels what is said of the labels that a prompt leaves out
 * @param withLabels only training images with all of these positive are parents
 * @param structures the masks to condition on, each once
 * @param promptFrom where the words of a parent come from
 * @param includeSource whether the source's training images are written too
 * @param transforms of masks; null: the plan's
 * @param limits of transformed masks; null: the plan's
 * @param classical ranges; null: the plan's
 */
public record Arm(
    String name,
    ArmKind kind,
    @Nullable Integer count,
    @Nullable Double ratio,
    List<String> labels,
    List<List<String>> combinations,
    OtherLabels otherLabels,
    List<String> withLabels,
    List<Structure> structures,
    PromptFrom promptFrom,
    boolean includeSource,
    @Nullable TransformRanges transforms,
    @Nullable AnatomyLimits limits,
    @Nullable ImageAugmentationRanges classical) {
  /** Images of one arm at most: ids have six digits. */
  public static final int MAX_COUNT = 999_999;

  private static final Pattern NAME = Pattern.compile("[a-z0-9](-?[a-z0-9])*");

  /** What a dataset says of labels that the prompt does not name. */
  public enum OtherLabels {
    /** They are negative: the image was asked to show what the prompt names and no more. */
    NEGATIVE,
    /** Nothing is said. */
    UNMENTIONED
  }

  /** Where the prompt of an image with a parent comes from. */
  public enum PromptFrom {
    /** The words for the parent's positive labels. */
    LABELS,
    /** The parent's own text. */
    TEXT
  }

  /** Checks what one arm can be checked for alone. */
  public Arm {
    Checks.require(
        NAME.matcher(name).matches() && name.length() <= 48,
        "name",
        "'" + name + "'",
        "lower-case letters, digits and single hyphens, at most 48");
    if (count != null) {
      Checks.require(count >= 1 && count <= MAX_COUNT, "count", count, "1 to " + MAX_COUNT);
    }
    if (ratio != null) {
      Checks.require(
          ratio > 0 && ratio <= 1000, "ratio", ratio, "above 0, at most 1000 for one image");
    }
    if ((count == null) == (ratio == null)) {
      throw new IllegalArgumentException(
          (count == null ? "count: missing" : "ratio: beside count")
              + " (expected: count or ratio, one of them)");
    }
    labels = distinct("labels", labels);
    withLabels = distinct("with-labels", withLabels);
    structures = distinct("structures", structures);
    combinations =
        combinations.stream().map(labelSet -> distinct("combinations", labelSet)).toList();
    for (List<String> combination : combinations) {
      Checks.require(!combination.isEmpty(), "combinations", "[]", "one label or more in each");
    }
    if (kind.usesMasks()) {
      Checks.require(
          !structures.isEmpty(), "structures", "missing", "the masks that images are made from");
    }
  }

  private static <T> List<T> distinct(String key, List<T> values) {
    List<T> copy = List.copyOf(values);
    var seen = new HashSet<T>();
    for (T value : copy) {
      String name = value instanceof Structure structure ? structure.wireName() : "" + value;
      Checks.require(seen.add(value), key, "'" + name + "' twice", "each once");
    }
    return copy;
  }

  @JsonCreator
  static Arm of(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("kind") @Nullable ArmKind kind,
      @JsonProperty("count") @Nullable Integer count,
      @JsonProperty("ratio") @Nullable Double ratio,
      @JsonProperty("labels") @Nullable List<String> labels,
      @JsonProperty("combinations") @Nullable List<List<String>> combinations,
      @JsonProperty("other-labels") @Nullable OtherLabels otherLabels,
      @JsonProperty("with-labels") @Nullable List<String> withLabels,
      @JsonProperty("structures") @Nullable List<Structure> structures,
      @JsonProperty("prompt-from") @Nullable PromptFrom promptFrom,
      @JsonProperty("include-source") @Nullable Boolean includeSource,
      @JsonProperty("transforms") TransformSection.@Nullable Transforms transforms,
      @JsonProperty("limits") TransformSection.@Nullable Limits limits,
      @JsonProperty("classical") TransformSection.@Nullable Classical classical) {
    ArmKind made =
        Checks.present("kind", kind, "how the images come about, such as single-label or mask");
    Map<String, @Nullable Object> special = new LinkedHashMap<>();
    special.put("labels", labels);
    special.put("combinations", combinations);
    special.put("other-labels", otherLabels);
    special.put("with-labels", withLabels);
    special.put("structures", structures);
    special.put("prompt-from", promptFrom);
    special.put("transforms", transforms);
    special.put("limits", limits);
    special.put("classical", classical);
    special.forEach(
        (key, value) -> {
          if (value != null && !made.keys().contains(key)) {
            throw new IllegalArgumentException(
                key
                    + ": not for kind "
                    + made.wireName()
                    + " (expected: only with "
                    + ArmKind.having(key)
                    + ")");
          }
        });
    return new Arm(
        Checks.present("name", name, "a name for the arm"),
        made,
        count,
        ratio,
        Checks.orElse(labels, List.of()),
        Checks.orElse(combinations, List.of()),
        Checks.orElse(otherLabels, OtherLabels.NEGATIVE),
        Checks.orElse(withLabels, List.of()),
        Checks.orElse(structures, List.of()),
        Checks.orElse(promptFrom, PromptFrom.LABELS),
        Checks.orElse(includeSource, false),
        transforms == null ? null : transforms.ranges(),
        limits == null ? null : limits.limits(),
        classical == null ? null : classical.ranges());
  }

  /** Returns whether the arm's images are made from images or tables of the source. */
  public boolean usesSource() {
    return includeSource
        || ratio != null
        || switch (kind) {
          case SINGLE_LABEL -> labels.isEmpty();
          case MULTI_LABEL -> combinations.isEmpty();
          case MASK, TRANSFORMED_MASK, MASK_AND_TEXT, TRANSFORMED_MASK_AND_TEXT, CLASSICAL -> true;
        };
  }
}
