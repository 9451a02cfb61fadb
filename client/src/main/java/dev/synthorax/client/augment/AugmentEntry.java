package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.generation.ManifestEntry.Settings;
import dev.synthorax.client.generation.Mode;
import dev.synthorax.proto.v1.EffectiveSettings;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the {@code manifest.jsonl} of {@code augment}: where an image comes from, and all
 * that is needed to make it again. What does not apply is absent. No times, no machine.
 *
 * @param id the image's name in its arm's dataset
 * @param arm folder of the dataset
 * @param kind the arm's kind, or {@code source} for an image of the source itself
 * @param mode what a server was given
 * @param parent the training image that it was made from
 * @param labels {@code positive}, {@code negative} or {@code uncertain}, by canonical name
 * @param prompt text
 * @param negativePrompt text
 * @param structures its masks, in the order of {@link dev.synthorax.client.dataset.Structure}
 * @param transform of the masks, or the classical augmentation
 * @param transformRejected draws before it that broke a limit of anatomy
 * @param seed unsigned 64-bit; makes this image alone
 * @param settings how a server made it
 * @param model name of the model
 * @param modelVersion names weights and configuration
 * @param image file, in the format {@code folder}; other formats have names of their own
 * @param imageSha256 lower-case hexadecimal hash of the image as the PNG that the format {@code
 *     folder} writes, with its text; so for the masks
 * @param recipe hash of all that decides pixels and masks
 * @param rejected images before it that a filter did not take
 */
@JsonPropertyOrder({
  "id",
  "arm",
  "kind",
  "mode",
  "parent",
  "labels",
  "prompt",
  "negativePrompt",
  "structures",
  "transform",
  "transformRejected",
  "seed",
  "settings",
  "model",
  "modelVersion",
  "image",
  "imageSha256",
  "recipe",
  "rejected"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AugmentEntry(
    String id,
    String arm,
    String kind,
    @Nullable Mode mode,
    @Nullable Parent parent,
    Map<String, String> labels,
    @Nullable String prompt,
    @Nullable String negativePrompt,
    List<ManifestEntry.Mask> structures,
    @Nullable Map<String, Object> transform,
    @Nullable List<Rejected> transformRejected,
    @Nullable BigInteger seed,
    @Nullable Settings settings,
    @Nullable String model,
    @Nullable String modelVersion,
    @Nullable String image,
    String imageSha256,
    @Nullable String recipe,
    @Nullable List<Rejected> rejected) {
  /** Kind of a line about an image of the source. */
  public static final String SOURCE = "source";

  static final JsonMapper JSON = new JsonMapper();

  /** Copies the collections. */
  public AugmentEntry {
    requireNonNull(id, "id");
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    structures = List.copyOf(structures);
  }

  /**
   * The image that another was made from.
   *
   * @param id in the source
   * @param patient whose image it is
   * @param split {@code train}: nothing is made from any other
   */
  @JsonPropertyOrder({"id", "patient", "split"})
  public record Parent(String id, String patient, String split) {
    static Parent of(ImageInfo info) {
      Split split = info.split();
      return new Parent(info.id(), info.patientId(), split == null ? "" : split.wireName());
    }
  }

  /**
   * Something drawn and not taken.
   *
   * @param seed unsigned 64-bit
   * @param reason what was wrong, and what was expected
   */
  @JsonPropertyOrder({"seed", "reason"})
  public record Rejected(BigInteger seed, String reason) {
    private static final String DUPLICATE = "duplicate of ";

    static Rejected of(long seed, String reason) {
      return new Rejected(unsigned(seed), reason);
    }

    /** Returns the reason of one that has the pixels of the image {@code id}. */
    static String duplicateOf(String id) {
      return DUPLICATE + id + " (expected: other pixels)";
    }

    @JsonIgnore
    boolean isDuplicate() {
      return reason.startsWith(DUPLICATE);
    }
  }

  /** Collects a line; what is not set is absent. One thread. */
  static final class Builder {
    private final String id;
    private final String arm;
    private final String kind;
    private Map<String, String> labels = Map.of();
    private List<ManifestEntry.Mask> structures = List.of();
    private @Nullable String image;
    private String imageSha256 = "";
    private @Nullable String recipe;
    private @Nullable Parent parent;
    private @Nullable String prompt;
    private @Nullable Map<String, Object> transform;
    private @Nullable List<Rejected> transformRejected;
    private @Nullable BigInteger seed;
    private @Nullable Mode mode;
    private @Nullable String negativePrompt;
    private @Nullable Settings settings;
    private @Nullable String model;
    private @Nullable String modelVersion;
    private @Nullable List<Rejected> rejected;

    Builder(String id, String arm, String kind) {
      this.id = id;
      this.arm = arm;
      this.kind = kind;
    }

    Builder labels(Map<String, Label> values) {
      labels = words(values);
      return this;
    }

    Builder masks(List<ManifestEntry.Mask> masks) {
      structures = masks;
      return this;
    }

    Builder recipe(String hash) {
      recipe = hash;
      return this;
    }

    Builder image(@Nullable String imageFile, String imageHash) {
      image = imageFile;
      imageSha256 = imageHash;
      return this;
    }

    Builder parent(@Nullable ImageInfo info) {
      parent = info == null ? null : Parent.of(info);
      return this;
    }

    Builder prompt(@Nullable String text) {
      prompt = text;
      return this;
    }

    Builder transform(@Nullable Map<String, Object> parameters, @Nullable List<Rejected> before) {
      transform = parameters;
      transformRejected = before;
      return this;
    }

    Builder seed(long value) {
      seed = unsigned(value);
      return this;
    }

    Builder mode(Mode given) {
      mode = given;
      return this;
    }

    Builder negativePrompt(@Nullable String text) {
      negativePrompt = text;
      return this;
    }

    Builder madeBy(@Nullable Settings used, @Nullable String modelName, @Nullable String version) {
      settings = used;
      model = modelName;
      modelVersion = version;
      return this;
    }

    Builder rejected(@Nullable List<Rejected> before) {
      rejected = before;
      return this;
    }

    AugmentEntry build() {
      return new AugmentEntry(
          id,
          arm,
          kind,
          mode,
          parent,
          labels,
          prompt,
          negativePrompt,
          structures,
          transform,
          transformRejected,
          seed,
          settings,
          model,
          modelVersion,
          image,
          imageSha256,
          recipe,
          rejected);
    }
  }

  /** Returns what a server says it used. */
  static Settings settings(EffectiveSettings used) {
    return new Settings(
        used.getNumInferenceSteps(),
        used.getGuidanceScale(),
        NoiseSchedulerName.of(used.getNoiseScheduler()),
        used.getWidth(),
        used.getHeight());
  }

  static BigInteger unsigned(long seed) {
    return new BigInteger(Long.toUnsignedString(seed));
  }

  static Map<String, String> words(Map<String, Label> labels) {
    Map<String, String> words = new LinkedHashMap<>();
    labels.forEach((name, value) -> words.put(name, value.name().toLowerCase(Locale.ROOT)));
    return words;
  }

  /** Returns the labels as a dataset has them. */
  Map<String, Label> labelValues() {
    Map<String, Label> values = new LinkedHashMap<>();
    labels.forEach((name, word) -> values.put(name, Label.valueOf(word.toUpperCase(Locale.ROOT))));
    return values;
  }

  /** Returns the images made for this one and not taken, none for most. */
  List<Rejected> rejections() {
    return rejected == null ? List.of() : rejected;
  }

  /** Returns the image as one that was not taken. */
  Rejected rejectedAs(String reason) {
    return new Rejected(requireNonNull(seed), reason);
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
