package dev.synthorax.client.augment;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.image.PngNotes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the PNG of an augmented image says of itself, from its manifest line; of an image that a
 * server made, what the server's own PNG says.
 */
final class AugmentPngNotes {
  private AugmentPngNotes() {}

  /** Returns the text of an image that was made; one of the source keeps its own. */
  static PngNotes of(AugmentEntry entry) {
    String model = entry.model();
    if (model != null) {
      String prompt = entry.prompt();
      return PngNotes.synthetic(
          ClientRelease.software(),
          "model " + model + " " + entry.modelVersion(),
          prompt == null ? "" : prompt,
          json(generated(entry)));
    }
    return classical(entry);
  }

  private static Map<String, Object> generated(AugmentEntry entry) {
    Map<String, Object> comment = new LinkedHashMap<>();
    String negative = entry.negativePrompt();
    comment.put("negativePrompt", negative == null ? "" : negative);
    comment.put("structures", entry.structures().stream().map(AugmentPngNotes::mask).toList());
    put(comment, "seed", entry.seed());
    put(comment, "settings", entry.settings());
    put(comment, "model", entry.model());
    put(comment, "modelVersion", entry.modelVersion());
    return comment;
  }

  private static Map<String, Object> mask(ManifestEntry.Mask mask) {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("structure", mask.structure());
    words.put("sha256", mask.sha256());
    return words;
  }

  /** A patient's image, changed: synthetic, and yet a patient's. */
  private static PngNotes classical(AugmentEntry entry) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(PngNotes.TITLE, "Synthetic copy of a chest radiograph");
    texts.put(PngNotes.SOFTWARE, ClientRelease.software());
    AugmentEntry.Parent parent = entry.parent();
    texts.put(PngNotes.SOURCE, parent == null ? "" : "image " + parent.id());
    texts.put(PngNotes.DISCLAIMER, "Synthetic: an image that was moved and developed otherwise");
    Map<String, Object> settings = new LinkedHashMap<>();
    put(settings, "seed", entry.seed());
    put(settings, "transform", entry.transform());
    texts.put(PngNotes.COMMENT, json(settings));
    return new PngNotes(texts);
  }

  private static void put(Map<String, Object> settings, String key, @Nullable Object value) {
    if (value != null) {
      settings.put(key, value);
    }
  }

  private static String json(Map<String, Object> settings) {
    try {
      return AugmentEntry.JSON.writeValueAsString(settings);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings have no JSON form", e);
    }
  }
}
