package dev.synthorax.client.augment.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.synthorax.client.NoiseSchedulerName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server makes the images; null: the model's default.
 *
 * @param model name; empty: the server's default pipeline
 * @param steps denoising steps, 1 to 1000
 * @param guidanceScale 0 to 30; 1 or less: none
 * @param noiseScheduler a name of {@link NoiseSchedulerName}
 * @param negativePrompt what images must not show; empty: none
 * @param size width and height in pixels
 */
public record PlannedSettings(
    String model,
    @Nullable Integer steps,
    @Nullable Float guidanceScale,
    @Nullable String noiseScheduler,
    String negativePrompt,
    @Nullable List<Integer> size) {
  /** All of it the model's. */
  public static final PlannedSettings DEFAULT = new PlannedSettings("", null, null, null, "", null);

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a value is one that the server refuses; names its key
   */
  public PlannedSettings {
    if (steps != null) {
      Checks.require(steps >= 1 && steps <= 1000, "steps", steps, "1 to 1000");
    }
    if (guidanceScale != null) {
      Checks.require(
          guidanceScale >= 0 && guidanceScale <= 30, "guidance-scale", guidanceScale, "0 to 30");
    }
    if (noiseScheduler != null) {
      try {
        Object _ = NoiseSchedulerName.parse(noiseScheduler);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("noise-scheduler: " + e.getMessage(), e);
      }
    }
    if (size != null) {
      size = List.copyOf(size);
      Checks.require(
          size.size() == 2 && size.stream().allMatch(side -> side >= 1 && side <= 4096),
          "size",
          size,
          "a side in pixels, or [width, height], up to 4096");
    }
  }

  @JsonCreator
  static PlannedSettings of(
      @JsonProperty("model") @Nullable String model,
      @JsonProperty("steps") @Nullable Integer steps,
      @JsonProperty("guidance-scale") @Nullable Float guidanceScale,
      @JsonProperty("noise-scheduler") @Nullable String noiseScheduler,
      @JsonProperty("negative-prompt") @Nullable String negativePrompt,
      @JsonProperty("size") @Nullable List<Integer> size) {
    return new PlannedSettings(
        Checks.orElse(model, ""),
        steps,
        guidanceScale,
        noiseScheduler,
        Checks.orElse(negativePrompt, "").strip(),
        size == null || size.size() != 1 ? size : List.of(size.getFirst(), size.getFirst()));
  }
}
