package dev.synthorax.server.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.config.Release;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.pictures.StartImage;
import dev.synthorax.server.png.PngText;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What made an image, as its PNG says it. Keywords are those of the PNG specification; the comment
 * is a JSON object with the names of a run's manifest. Nothing in it changes from run to run.
 */
final class Provenance {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Keywords, settings, and the names of model and program. */
  private static final int FIXED_BYTES = 4096;

  /** Bytes of a character in JSON at worst. */
  private static final int ESCAPED = 6;

  /** A hash, and a structure's name at its longest. */
  private static final int MASK_BYTES = 1024;

  private Provenance() {}

  /**
   * The text of one image.
   *
   * @param seed of this image
   */
  static PngText of(PipelineDescription pipeline, GenerationRequest request, long seed) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("Title", "Synthetic chest radiograph");
    texts.put("Description", request.prompt());
    texts.put("Software", Release.software());
    texts.put("Source", "model " + pipeline.name() + " " + pipeline.version());
    texts.put("Disclaimer", "Synthetic: shows no patient; not for diagnosis");
    texts.put("Comment", json(comment(pipeline, request, seed)));
    return new PngText(texts);
  }

  /** Most bytes of that text as chunks of a PNG, without making it. */
  static long maxBytes(GenerationRequest request) {
    MaskCondition masks = request.masks();
    return FIXED_BYTES
        + (long) ESCAPED * (request.prompt().length() + request.negativePrompt().length())
        + (masks == null ? 0 : (long) MASK_BYTES * masks.given().size());
  }

  private static Map<String, Object> comment(
      PipelineDescription pipeline, GenerationRequest request, long seed) {
    GenerationSettings how = request.settings();
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("steps", how.numInferenceSteps());
    settings.put("guidanceScale", how.guidanceScale());
    settings.put("noiseScheduler", name(how.noiseScheduler()));
    settings.put("width", pipeline.size().width());
    settings.put("height", pipeline.size().height());
    Map<String, Object> comment = new LinkedHashMap<>();
    comment.put("negativePrompt", request.negativePrompt());
    comment.put("structures", masks(request));
    comment.put("seed", new BigInteger(Long.toUnsignedString(seed)));
    if (request.initialLatents() != null) {
      comment.put("initialLatents", "given with the request instead of the seed's");
    }
    StartImage start = request.startImage();
    if (start != null) {
      Map<String, Object> from = new LinkedHashMap<>();
      from.put("sha256", start.sha256());
      from.put("strength", start.strength());
      StartImage.Redrawn redrawn = start.redrawn();
      if (redrawn != null) {
        from.put("redrawn", redrawn.given().sha256());
      }
      comment.put("startImage", from);
    }
    comment.put("settings", settings);
    comment.put("model", pipeline.name());
    comment.put("modelVersion", pipeline.version());
    return comment;
  }

  private static List<Map<String, String>> masks(GenerationRequest request) {
    MaskCondition masks = request.masks();
    return masks == null ? List.of() : masks.given().stream().map(Provenance::mask).toList();
  }

  private static Map<String, String> mask(MaskCondition.Given given) {
    Map<String, String> mask = new LinkedHashMap<>();
    mask.put("structure", given.structure());
    mask.put("sha256", given.sha256());
    return mask;
  }

  private static String name(NoiseScheduler.Kind kind) {
    return switch (kind) {
      case DDIM -> "ddim";
      case DPM_SOLVER_PP_2M -> "dpm++";
      case EULER -> "euler";
      case PNDM -> "pndm";
      case LCM -> "lcm";
      case DPM_SOLVER_PP_2M_KARRAS -> "dpm++-karras";
      case EULER_ANCESTRAL -> "euler-ancestral";
      case UNIPC -> "unipc";
    };
  }

  private static String json(Map<String, Object> comment) {
    try {
      return JSON.writeValueAsString(comment);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and strings that are no JSON", e);
    }
  }
}
