package dev.synthorax.client.augment;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.synthorax.client.augment.plan.Filters;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.storage.ContentHash;
import dev.synthorax.proto.v1.GenerationSpec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The name of all that decides an image's pixels and masks. Two images with one recipe are the same
 * image, whatever plans they are of; labels are no part of it.
 */
final class Recipe {
  private static final String LAYOUT = "1"; // another number: images of earlier versions are no use
  private static final int LENGTH = 32; // hexadecimal digits

  private Recipe() {}

  /**
   * Returns the recipe of an image that a server makes.
   *
   * @param request without seed: model and version, prompts, masks, settings, size
   * @param seed of its sub-seeds
   * @param filters which of the images made for it are not taken
   */
  static String of(GenerationSpec request, long seed, Filters filters) {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("seed", seed);
    parts.put("contrast", filters.contrast().toString());
    parts.put("mean", filters.mean().toString());
    parts.put("maxTries", filters.maxTries());
    parts.put("model", request.getModel());
    parts.put("modelVersion", request.getModelVersion());
    parts.put("prompt", request.getPrompt());
    parts.put("negativePrompt", request.getNegativePrompt());
    parts.put("steps", request.hasNumInferenceSteps() ? request.getNumInferenceSteps() : "");
    parts.put("guidanceScale", request.hasGuidanceScale() ? request.getGuidanceScale() : "");
    parts.put("noiseScheduler", request.getNoiseScheduler().name());
    parts.put("width", request.getWidth());
    parts.put("height", request.getHeight());
    request
        .getMasksList()
        .forEach(
            mask ->
                parts.put(
                    "mask " + mask.getStructure(), ContentHash.of(mask.getPng().toByteArray())));
    return hash(parts);
  }

  /**
   * Returns the recipe of a classical image.
   *
   * @param parameters of the augmentation
   * @param parent that is augmented
   */
  static String of(Map<String, Object> parameters, Sample parent) {
    Map<String, Object> parts = new LinkedHashMap<>(parameters);
    parts.put("parent", PixelHash.of(parent.image()));
    parent
        .masks()
        .forEach(
            (structure, mask) ->
                parts.put("mask " + structure.wireName(), PixelHash.of(mask.toImage())));
    return hash(parts);
  }

  private static String hash(Map<String, Object> parts) {
    try {
      String json = LAYOUT + "\n" + AugmentEntry.JSON.writeValueAsString(parts);
      return ContentHash.of(json.getBytes(StandardCharsets.UTF_8)).substring(0, LENGTH);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a recipe has no JSON form", e);
    }
  }
}
