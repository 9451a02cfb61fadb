package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.storage.ContentHash;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.StartImage;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code manifest.jsonl}: all that is needed to make the image again, and to know it
 * when it comes.
 *
 * @param id name of the image in its run; lines are ordered by it
 * @param mode what it was conditioned on
 * @param prompt text; empty: none
 * @param negativePrompt text; empty: none
 * @param structures its masks, in the request's order
 * @param startImage what it started from; null, and not written: noise alone
 * @param seed unsigned 64-bit; makes this image alone
 * @param settings how it was made
 * @param model name of the model
 * @param modelVersion names weights and configuration
 * @param image file in the run's folder, with forward slashes
 * @param imageSha256 lower-case hexadecimal hash of that file
 * @param warnings what the server said of the request, a sentence each; not written where empty
 * @param choice among which candidates it was chosen; null, and not written: no others were drawn
 */
@JsonPropertyOrder({
  "id",
  "mode",
  "prompt",
  "negativePrompt",
  "structures",
  "startImage",
  "seed",
  "settings",
  "model",
  "modelVersion",
  "image",
  "imageSha256",
  "warnings",
  "choice"
})
public record ManifestEntry(
    String id,
    Mode mode,
    String prompt,
    String negativePrompt,
    List<Mask> structures,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Start startImage,
    BigInteger seed,
    Settings settings,
    String model,
    String modelVersion,
    String image,
    String imageSha256,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Choice choice) {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Refuses nulls with {@link NullPointerException}; copies the lists. */
  public ManifestEntry {
    requireNonNull(id, "id");
    requireNonNull(mode, "mode");
    requireNonNull(prompt, "prompt");
    requireNonNull(negativePrompt, "negativePrompt");
    requireNonNull(seed, "seed");
    requireNonNull(settings, "settings");
    requireNonNull(model, "model");
    requireNonNull(modelVersion, "modelVersion");
    requireNonNull(image, "image");
    requireNonNull(imageSha256, "imageSha256");
    structures = List.copyOf(structures);
    warnings = warnings == null ? List.of() : List.copyOf(warnings); // older lines have none
  }

  /**
   * Reads a line.
   *
   * @throws IOException if it is not one of this kind
   */
  public static ManifestEntry ofJson(String line) throws IOException {
    ManifestEntry entry = JSON.readValue(line, ManifestEntry.class);
    if (entry == null) {
      throw new IOException("null (expected: a line of a manifest)");
    }
    return entry;
  }

  /**
   * One mask of an image.
   *
   * @param structure what it outlines
   * @param mask file in the run's folder, with forward slashes; null: not a file of its own
   * @param sha256 lower-case hexadecimal hash of that file
   */
  @JsonPropertyOrder({"structure", "mask", "sha256"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mask(String structure, @Nullable String mask, String sha256) {}

  /**
   * An image that another one started from.
   *
   * @param sha256 lower-case hexadecimal hash of its PNG as it was sent
   * @param strength the share of the steps that was taken; null: the server's default
   * @param redrawn the same hash of the region that alone was drawn anew; null: all was
   */
  @JsonPropertyOrder({"sha256", "strength", "redrawn"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Start(String sha256, @Nullable Double strength, @Nullable String redrawn) {
    static @Nullable Start of(GenerationSpec request) {
      if (!request.hasStartImage()) {
        return null;
      }
      StartImage image = request.getStartImage();
      return new Start(
          ContentHash.of(image.getPng().toByteArray()),
          image.hasStrength() ? image.getStrength() : null,
          image.getRedraw().isEmpty() ? null : ContentHash.of(image.getRedraw().toByteArray()));
    }
  }

  /**
   * How an image was made.
   *
   * @param steps denoising steps
   * @param guidanceScale classifier-free guidance scale
   * @param noiseScheduler a name of {@link NoiseSchedulerName}
   * @param width pixels
   * @param height pixels
   */
  @JsonPropertyOrder({"steps", "guidanceScale", "noiseScheduler", "width", "height"})
  public record Settings(
      int steps, float guidanceScale, String noiseScheduler, int width, int height) {}

  /** Returns the line that describes {@code image}. */
  public static ManifestEntry of(MadeImage image) {
    EffectiveSettings used = image.settings();
    return new ManifestEntry(
        image.id(),
        image.mode(),
        image.request().getPrompt(),
        image.request().getNegativePrompt(),
        image.request().getMasksList().stream().map(mask -> maskOf(image, mask)).toList(),
        Start.of(image.request()),
        new BigInteger(Long.toUnsignedString(image.seed())),
        new Settings(
            used.getNumInferenceSteps(),
            used.getGuidanceScale(),
            NoiseSchedulerName.of(used.getNoiseScheduler()),
            image.width(),
            image.height()),
        used.getModel(),
        used.getModelVersion(),
        image.imageFile(),
        ContentHash.of(image.png().toByteArray()),
        image.warnings(),
        image.choice());
  }

  static Mask maskOf(MadeImage image, StructureMask mask) {
    return new Mask(
        mask.getStructure(),
        image.maskFile(mask.getStructure()),
        ContentHash.of(mask.getPng().toByteArray()));
  }

  /** Returns the line as JSON, without a line end. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("manifest line " + id + " has no JSON form", e);
    }
  }
}
