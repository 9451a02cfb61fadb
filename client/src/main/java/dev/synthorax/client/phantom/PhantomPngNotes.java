package dev.synthorax.client.phantom;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.ClientRelease;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.image.PngNotes;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the PNG of a phantom says of itself: all that is needed to make it again. */
final class PhantomPngNotes {
  private static final JsonMapper JSON = new JsonMapper();

  private PhantomPngNotes() {}

  /**
   * Returns the text of the phantom of {@code spec}. Its comment is a JSON object: seed, size, the
   * findings asked for, and each knob that is not at rest.
   *
   * @param info what {@link Phantoms#sample(PhantomSpec)} said of it
   */
  static PngNotes of(PhantomSpec spec, ImageInfo info) {
    return PngNotes.synthetic(
        ClientRelease.software(),
        "thorax phantom of site " + Site.of(spec.seed()),
        info.text(),
        json(settings(spec)));
  }

  private static Map<String, Object> settings(PhantomSpec spec) {
    PhantomKnobs knobs = spec.knobs();
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("seed", spec.seed());
    settings.put("size", spec.size());
    if (!spec.findings().isEmpty()) {
      settings.put("findings", spec.findings().stream().sorted().map(Finding::wireName).toList());
    }
    if (knobs.view() != null) {
      settings.put("view", knobs.view().name());
    }
    if (knobs.labelFlips() > 0) {
      settings.put("labelFlips", knobs.labelFlips());
    }
    if (knobs.labelDoubts() > 0) {
      settings.put("labelDoubts", knobs.labelDoubts());
    }
    if (knobs.tubeGivenPneumothorax() != null) {
      settings.put("tubeGivenPneumothorax", knobs.tubeGivenPneumothorax());
    }
    PhantomKnobs.Confounding confounding = knobs.confounding();
    if (confounding != null) {
      settings.put(
          "confound",
          confounding.finding().wireName()
              + ":"
              + confounding.channel().name().toLowerCase(Locale.ROOT)
              + ":"
              + confounding.strength());
    }
    return settings;
  }

  private static String json(Map<String, Object> settings) {
    try {
      return JSON.writeValueAsString(settings);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings have no JSON form", e);
    }
  }
}
