package dev.synthorax.server.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.nn.ConfigFields;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.weights.ModelFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code model_index.json}: which pipeline class a folder was saved for, and of what parts.
 *
 * @param className empty where the folder does not say
 * @param controlled whether there is a ControlNet
 */
record ModelIndex(String className, boolean controlled) {
  private static final String CONTROLNET = Component.CONTROLNET.folder();

  /** Classes of the same parts; what they make from an image is not served. */
  private static final Set<String> PLAIN =
      Set.of("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline");

  private static final Set<String> CONTROLLED =
      Set.of("StableDiffusionControlNetPipeline", "StableDiffusionControlNetImg2ImgPipeline");

  private static final Map<String, Set<String>> PARTS =
      Map.of(
          Component.UNET.folder(),
          Set.of("UNet2DConditionModel"),
          Component.VAE.folder(),
          Set.of("AutoencoderKL"),
          Component.TEXT_ENCODER.folder(),
          Set.of("CLIPTextModel"),
          "tokenizer",
          Set.of("CLIPTokenizer", "CLIPTokenizerFast"),
          CONTROLNET,
          Set.of("ControlNetModel"));

  /** What classes are for people, by how their names begin; the first that fits. */
  private static final Map<String, String> KINDS = kinds();

  private static Map<String, String> kinds() {
    var kinds = new LinkedHashMap<String, String>();
    kinds.put("StableDiffusionXL", "an SDXL pipeline, with two text encoders");
    kinds.put("StableDiffusion3", "a Stable Diffusion 3 pipeline, with a transformer");
    kinds.put("StableDiffusionControlNetInpaint", "an inpainting pipeline");
    kinds.put("StableDiffusionInpaint", "an inpainting pipeline");
    kinds.put("StableDiffusionUpscale", "an upscaling pipeline");
    kinds.put("StableDiffusionLatentUpscale", "an upscaling pipeline");
    kinds.put("StableDiffusionDepth", "a depth-to-image pipeline");
    kinds.put("StableDiffusionInstructPix2Pix", "an image-editing pipeline");
    kinds.put("StableDiffusionPAG", "a pipeline with perturbed-attention guidance");
    kinds.put("StableUnCLIP", "an unCLIP pipeline, with a prior");
    kinds.put("UnCLIP", "an unCLIP pipeline, with a prior");
    kinds.put("StableCascade", "a Stable Cascade pipeline, with a prior");
    kinds.put("Wuerstchen", "a Wuerstchen pipeline, with a prior");
    kinds.put("Kandinsky", "a Kandinsky pipeline, with a prior or a transformer");
    kinds.put("LatentConsistencyModel", "a latent consistency model, distilled for few steps");
    kinds.put("AltDiffusion", "an AltDiffusion pipeline, with another text encoder");
    kinds.put("LDM", "a latent diffusion pipeline without CLIP");
    kinds.put("IF", "a DeepFloyd IF pipeline, in pixels with a T5 text encoder");
    kinds.put("Kolors", "a Kolors pipeline, with a ChatGLM text encoder");
    for (String transformer :
        List.of(
            "Flux",
            "PixArt",
            "Sana",
            "HunyuanDiT",
            "Lumina",
            "AuraFlow",
            "QwenImage",
            "DiT",
            "CogView",
            "Chroma",
            "HiDream",
            "OmniGen",
            "ZImage")) {
      kinds.put(transformer, "a " + transformer + " pipeline, with a transformer");
    }
    kinds.put("AnimateDiff", "a video pipeline");
    kinds.put("StableVideoDiffusion", "a video pipeline");
    kinds.put("StableAudio", "an audio pipeline");
    kinds.put("DDPM", "an unconditional pipeline, without text");
    kinds.put("DDIM", "an unconditional pipeline, without text");
    return kinds;
  }

  /**
   * Reads a folder's index; a folder without one is judged by what lies in it.
   *
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming the file
   * @throws IllegalArgumentException naming the file, if the pipeline is none of those served
   */
  static ModelIndex read(DiffusersFolder folder) {
    ModelFile file = folder.index();
    if (!folder.has(Component.UNET)
        && !file.exists()
        && folder.root().resolve("transformer").isFolder()) {
      throw refused("transformer: a transformer in place of a U-Net");
    }
    boolean controlled = folder.has(Component.CONTROLNET);
    if (!file.exists()) {
      return new ModelIndex("", controlled);
    }
    ConfigFields fields = ConfigFields.read(file);
    String className = fields.text("_class_name", "");
    if (!className.isEmpty() && !PLAIN.contains(className) && !CONTROLLED.contains(className)) {
      throw refused(file.name() + ": _class_name is " + className + ", " + kind(className));
    }
    PARTS.forEach((part, classes) -> requirePart(file, fields.get(part), part, classes));
    return new ModelIndex(className, controlled);
  }

  /** Whether diffusers overrides parts of the scheduler's file when it opens the pipeline. */
  boolean overridesScheduler() {
    return className.isEmpty() ? !controlled : PLAIN.contains(className);
  }

  private static void requirePart(ModelFile file, JsonNode part, String name, Set<String> classes) {
    if (part.isMissingNode() || (name.equals(CONTROLNET) && part.isNull())) {
      return;
    }
    String found = part.path(1).asText("null");
    if (!classes.contains(found)) {
      throw refused(
          file.name() + ": " + name + " is " + found + ", not " + String.join(" or ", classes));
    }
  }

  private static String kind(String className) {
    return KINDS.entrySet().stream()
        .filter(kind -> className.startsWith(kind.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("a pipeline of another kind");
  }

  private static IllegalArgumentException refused(String what) {
    return new IllegalArgumentException(
        what
            + " (expected: a Stable Diffusion 1.x or 2.x model, saved as StableDiffusionPipeline or"
            + " StableDiffusionControlNetPipeline; serve one of these)");
  }
}
