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
 * @param arms at least one, names distinct
 */
public record AugmentPlan(
    long seed,
    DatasetFormat format,
    @Nullable SourceDataset source,
    GenerationSettings generation,
    Prompts prompts,
    Filters filters,
    TransformRanges transforms,
    AnatomyLimits limits,
    ImageAugmentationRanges classical,
    List<Arm> arms) {
  /** Checks what the parts mean to each other. */
  public AugmentPlan {
    arms = List.copyOf(arms);
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
      @JsonProperty("generation") @Nullable GenerationSettings generation,
      @JsonProperty("prompts") @Nullable Prompts prompts,
      @JsonProperty("filters") @Nullable Filters filters,
      @JsonProperty("transforms") TransformSection.@Nullable Transforms transforms,
      @JsonProperty("limits") TransformSection.@Nullable Limits limits,
      @JsonProperty("classical") TransformSection.@Nullable Classical classical,
      @JsonProperty("arms") @Nullable List<Arm> arms) {
    return new AugmentPlan(
        Checks.present("seed", seed, "a whole number; other seeds give other images"),
        Checks.orElse(format, DatasetFormat.FOLDER),
        source,
        Checks.orElse(generation, GenerationSettings.DEFAULT),
        Checks.orElse(prompts, Prompts.DEFAULT),
        Checks.orElse(filters, Filters.DEFAULT),
        transforms == null ? TransformRanges.DEFAULT : transforms.ranges(),
        limits == null ? AnatomyLimits.DEFAULT : limits.limits(),
        classical == null ? ImageAugmentationRanges.DEFAULT : classical.ranges(),
        Checks.present("arms", arms, "at least one arm"));
  }

  /** Returns this plan with another output format. */
  public AugmentPlan withFormat(DatasetFormat value) {
    return new AugmentPlan(
        seed, value, source, generation, prompts, filters, transforms, limits, classical, arms);
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

  /** Returns whether any arm needs a server. */
  public boolean usesServer() {
    return arms.stream().anyMatch(arm -> arm.kind().usesServer());
  }
}
