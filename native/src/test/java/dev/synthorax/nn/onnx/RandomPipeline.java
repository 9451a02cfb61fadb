package dev.synthorax.nn.onnx;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.CLIPTextModel;
import dev.synthorax.nn.ControlNetConfig;
import dev.synthorax.nn.ControlNetModel;
import dev.synthorax.nn.Init;
import dev.synthorax.nn.ParameterSpec;
import dev.synthorax.nn.UNet2DConditionConfig;
import dev.synthorax.nn.UNet2DConditionModel;
import dev.synthorax.nn.text.BpeVocabulary;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A pipeline in the diffusers layout with random weights: the files, shapes and speed of a trained
 * one, and pictures of noise. For tests and for measurements that need no trained model. No weight
 * is zero, so that every part of every network shows in the result.
 */
public final class RandomPipeline {

  /** How large the networks are. */
  public enum Size {
    /** A few thousand weights: images of 16 to 64 pixels, a millisecond a step. */
    TINY("4, 8", 4, 16, 2, 1, 16, "4, 8", 16, true),
    /** The architecture of the bundled pipeline: images of 128 pixels. */
    MINI("48, 96, 144", 16, 128, 4, 2, 32, "16, 32, 64, 96", 16, true),
    /**
     * The U-Net of Stable Diffusion 1.x, 860 million weights, with small networks around it and no
     * ControlNet: images of 512 pixels.
     */
    SD1("320, 640, 1280, 1280", 32, 768, 8, 2, 77, "16, 32, 64, 64", 64, false);

    private static final int VOCABULARY = 1024;

    private final String channels;
    private final int normGroups;
    private final int hidden;
    private final int heads;
    private final int layers;
    private final int textLength;
    private final String vaeChannels;
    private final int sampleSize;
    private final boolean controlled;

    Size(
        String channels,
        int normGroups,
        int hidden,
        int heads,
        int layers,
        int textLength,
        String vaeChannels,
        int sampleSize,
        boolean controlled) {
      this.channels = channels;
      this.normGroups = normGroups;
      this.hidden = hidden;
      this.heads = heads;
      this.layers = layers;
      this.textLength = textLength;
      this.vaeChannels = vaeChannels;
      this.sampleSize = sampleSize;
      this.controlled = controlled;
    }

    private String textEncoder() {
      return """
      {"architectures": ["CLIPTextModel"], "model_type": "clip_text_model", "hidden_act": "quick_gelu",
       "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
       "num_attention_heads": %d, "max_position_embeddings": %d, "vocab_size": %d}
      """
          .formatted(hidden, 4 * hidden, layers + 1, heads, textLength, VOCABULARY);
    }

    private String trunk() {
      int levels = channels.split(",").length;
      String attending = "\"CrossAttnDownBlock2D\", ".repeat(levels - 1) + "\"DownBlock2D\"";
      return """
      "in_channels": 4, "block_out_channels": [%s], "layers_per_block": %d,
      "down_block_types": [%s], "cross_attention_dim": %d, "attention_head_dim": %d,
      "norm_num_groups": %d\
      """
          .formatted(channels, layers, attending, hidden, heads, normGroups);
    }

    private String unet() {
      int levels = channels.split(",").length;
      return """
      {"_class_name": "UNet2DConditionModel", %s, "out_channels": 4, "sample_size": %d,
       "up_block_types": ["UpBlock2D"%s]}
      """
          .formatted(trunk(), sampleSize, ", \"CrossAttnUpBlock2D\"".repeat(levels - 1));
    }

    private String controlNet() {
      int levels = vaeChannels.split(",").length;
      String embedding = List.of(8, 8, 16, 16).subList(0, levels).toString();
      return """
      {"_class_name": "ControlNetModel", %s, "conditioning_channels": 3,
       "conditioning_embedding_out_channels": %s}
      """
          .formatted(trunk(), embedding);
    }

    private String vae() {
      int levels = vaeChannels.split(",").length;
      return """
      {"_class_name": "AutoencoderKL", "in_channels": 1, "out_channels": 1,
       "latent_channels": 4, "layers_per_block": 1, "norm_num_groups": 4,
       "block_out_channels": [%s], "down_block_types": [%s], "up_block_types": [%s],
       "scaling_factor": 0.8}
      """
          .formatted(
              vaeChannels, list("DownEncoderBlock2D", levels), list("UpDecoderBlock2D", levels));
    }

    private static String list(String type, int count) {
      return String.join(", ", Collections.nCopies(count, "\"" + type + "\""));
    }
  }

  private static final List<String> PROMPTS =
      List.of(
          "normal chest radiograph",
          "large right pleural effusion",
          "small left pneumothorax",
          "cardiomegaly with pulmonary edema");

  private static final String SCHEDULER =
      """
      {"_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012,
       "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "clip_sample": false,
       "set_alpha_to_one": false, "steps_offset": 1, "prediction_type": "epsilon"}
      """;

  private static final long PIECE_BYTES = 1 << 20;

  private final Path folder;
  private final SplittableRandom random;

  private RandomPipeline(Path folder, long seed) {
    this.folder = folder;
    this.random = new SplittableRandom(seed);
  }

  /**
   * For a shell: {@code RandomPipeline FOLDER SIZE SEED}.
   *
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      System.err.println("RandomPipeline: expected FOLDER SIZE SEED");
      System.exit(2);
    }
    write(Path.of(arguments[0]), Size.valueOf(arguments[1]), Long.parseLong(arguments[2]));
  }

  /**
   * Writes {@code text_encoder}, {@code unet}, {@code vae} and, unless {@link Size#SD1}, {@code
   * controlnet} (3 conditioning channels), each with {@code config.json} and weights in FP16, a
   * tokenizer that reads any text, a DDIM scheduler and {@code model_index.json}. The same seed
   * gives the same bytes.
   *
   * @throws IOException if a file cannot be written
   */
  public static void write(Path folder, Size size, long seed) throws IOException {
    RandomPipeline pipeline = new RandomPipeline(folder, seed);
    pipeline.text("model_index.json", "{\"_class_name\": \"StableDiffusionPipeline\"}\n");
    pipeline.text("scheduler/scheduler_config.json", SCHEDULER);
    Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
    BpeVocabulary.learn(PROMPTS, Size.VOCABULARY).write(tokenizer, size.textLength);
    pipeline.component(
        "text_encoder",
        size.textEncoder(),
        CLIPTextModel.parameters(CLIPTextConfig.parse(size.textEncoder())));
    pipeline.component(
        "unet",
        size.unet(),
        UNet2DConditionModel.parameters(UNet2DConditionConfig.parse(size.unet())));
    if (size.controlled) {
      pipeline.component(
          "controlnet",
          size.controlNet(),
          ControlNetModel.parameters(ControlNetConfig.parse(size.controlNet())));
    }
    pipeline.component(
        "vae", size.vae(), AutoencoderKL.parameters(AutoencoderConfig.parse(size.vae())));
  }

  private void component(String name, String config, List<ParameterSpec> parameters)
      throws IOException {
    text(name + "/config.json", config);
    try (Arena arena = Arena.ofShared()) { // every thread writes
      SafetensorsWriter writer = new SafetensorsWriter();
      for (ParameterSpec parameter : parameters) {
        MemorySegment data = arena.allocate(parameter.elements() * Short.BYTES, Long.BYTES);
        fill(data, parameter.init());
        long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
        writer.add(parameter.name(), ElementType.F16, shape, data);
      }
      writer.write(folder.resolve(name).resolve("diffusion_pytorch_model.safetensors"));
    }
  }

  private void fill(MemorySegment data, Init init) {
    int pieces = (int) Math.ceilDiv(data.byteSize(), PIECE_BYTES);
    List<SplittableRandom> sources = Stream.generate(random::split).limit(pieces).toList();
    IntStream.range(0, pieces)
        .parallel()
        .forEach(
            i -> {
              long begin = i * PIECE_BYTES;
              long end = Math.min(begin + PIECE_BYTES, data.byteSize());
              for (long at = begin; at < end; at += Short.BYTES) {
                float value = (float) draw(sources.get(i), init);
                data.set(ValueLayout.JAVA_SHORT, at, Float.floatToFloat16(value));
              }
            });
  }

  private static double draw(SplittableRandom random, Init init) {
    return switch (init) {
      case Init.Uniform(double bound) -> random.nextDouble(-bound, bound);
      case Init.Normal(double standardDeviation) -> standardDeviation * random.nextGaussian();
      case Init.Constant(double value) -> value + random.nextDouble(-0.1, 0.1);
    };
  }

  private void text(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, content);
  }
}
