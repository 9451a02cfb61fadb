package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.transform.AnatomyLimits;
import dev.synthorax.client.transform.ImageAugmentationRanges;
import dev.synthorax.client.transform.TransformRanges;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code augment} is asked to make. Everything that decides a byte of the result is in it or
 * in the source's files.
 *
 * @param seed of all that is drawn
 * @param format in which every arm is written
 * @param source where parents come from; null: no arm needs any
 * @param generation how a server makes images
 * @param prompts words for labels
 * @param filters which images of a server are not taken
 * @param transforms of masks
 * @param limits of transformed masks
 * @param classical ranges of classical arms
 * @param unknownFindings what becomes of images that would show what the model does not know
 * @param maxSkipped share of an arm's images that may be left out because they cannot be made, 0 to
 *     1, rounded down
 * @param arms at least one, names distinct
 */
public record AugmentPlan(
    long seed,
    DatasetFormat format,
    @Nullable SourceDataset source,
    PlannedSettings generation,
    PlanPrompts prompts,
    Filters filters,
    TransformRanges transforms,
    AnatomyLimits limits,
    ImageAugmentationRanges classical,
    UnknownFindings unknownFindings,
    double maxSkipped,
    List<Arm> arms) {
  /** Images that may be left out where the plan says nothing: one in a hundred. */
  public static final double DEFAULT_MAX_SKIPPED = 0.01;

  /** Checks what the parts mean to each other. */
  public AugmentPlan {
    arms = List.copyOf(arms);
    Checks.require(maxSkipped >= 0 && maxSkipped <= 1, "max-skipped", maxSkipped, "0 to 1");
    Checks.require(!arms.isEmpty(), "arms", "none", "at least one arm");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < arms.size(); i++) {
      Arm arm = arms.get(i);
      String key = "arms[" + i + "].";
      Checks.require(
          names.add(arm.name()), key + "name", "'" + arm.name() + "' twice", "each name once");
      Checks.require(
          source != null || !arm.usesSource(),
          key + "kind",
          arm.kind().wireName(),
          "a source to make it from; add source");
    }
  }

  @JsonCreator
  static AugmentPlan of(
      @JsonProperty("seed") @Nullable Long seed,
      @JsonProperty("format") @Nullable DatasetFormat format,
      @JsonProperty("source") @Nullable SourceDataset source,
      @JsonProperty("generation") @Nullable PlannedSettings generation,
      @JsonProperty("prompts") @Nullable PlanPrompts prompts,
      @JsonProperty("filters") @Nullable Filters filters,
      @JsonProperty("transforms") TransformSection.@Nullable Transforms transforms,
      @JsonProperty("limits") TransformSection.@Nullable Limits limits,
      @JsonProperty("classical") TransformSection.@Nullable Classical classical,
      @JsonProperty("unknown-findings") @Nullable UnknownFindings unknownFindings,
      @JsonProperty("max-skipped") @Nullable Double maxSkipped,
      @JsonProperty("arms") @Nullable List<Arm> arms) {
    return new AugmentPlan(
        Checks.present("seed", seed, "a whole number; other seeds give other images"),
        Checks.orElse(format, DatasetFormat.FOLDER),
        source,
        Checks.orElse(generation, PlannedSettings.DEFAULT),
        Checks.orElse(prompts, PlanPrompts.DEFAULT),
        Checks.orElse(filters, Filters.DEFAULT),
        transforms == null ? TransformRanges.DEFAULT : transforms.ranges(),
        limits == null ? AnatomyLimits.DEFAULT : limits.limits(),
        classical == null ? ImageAugmentationRanges.DEFAULT : classical.ranges(),
        Checks.orElse(unknownFindings, UnknownFindings.STOP),
        Checks.orElse(maxSkipped, DEFAULT_MAX_SKIPPED),
        Checks.present("arms", arms, "at least one arm"));
  }

  /** Returns this plan with another output format. */
  public AugmentPlan withFormat(DatasetFormat value) {
    return with(value, source);
  }

  /** Returns this plan with images left out whose files are missing; it has a source. */
  public AugmentPlan withSkipMissing() {
    SourceDataset read = source;
    if (read == null) {
      throw new IllegalArgumentException(
          "skip-missing: the plan has no source (expected: a source whose images may be missing)");
    }
    return with(format, read.withSkipMissing());
  }

  private AugmentPlan with(DatasetFormat written, @Nullable SourceDataset read) {
    return new AugmentPlan(
        seed,
        written,
        read,
        generation,
        prompts,
        filters,
        transforms,
        limits,
        classical,
        unknownFindings,
        maxSkipped,
        arms);
  }

  /** Returns the transform ranges of an arm. */
  public TransformRanges transformsOf(Arm arm) {
    return Checks.orElse(arm.transforms(), transforms);
  }

  /** Returns the limits of an arm's transformed masks. */
  public AnatomyLimits limitsOf(Arm arm) {
    return Checks.orElse(arm.limits(), limits);
  }

  /** Returns the ranges of a classical arm. */
  public ImageAugmentationRanges classicalOf(Arm arm) {
    return Checks.orElse(arm.classical(), classical);
  }

  /** Returns how many of an arm's {@code images} may be left out. */
  public int mostSkipped(int images) {
    return (int) (maxSkipped * images);
  }

  /** Returns whether any arm needs a server. */
  public boolean usesServer() {
    return arms.stream().anyMatch(arm -> arm.kind().usesServer());
  }
}
