package dev.synthorax.training;

import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Samples and settings small enough that a whole training takes a second. */
final class Work {
  private static final int SAMPLES = 12;
  static final int SIDE = 32;

  static final String CAPTIONS =
      "\"captions\": [{\"attribute\": \"view\", \"words\": \"{} view\", \"keep\": 0.5, \"round\":"
          + " 0}]";

  private Work() {}

  /** Writes one shard of discs, with masks of three structures and prompts of three kinds. */
  static Path writeShards(Path folder) throws IOException {
    return writeShards(folder, SAMPLES);
  }

  /** The same with so many samples. */
  static Path writeShards(Path folder, int samples) throws IOException {
    Files.createDirectories(folder);
    var random = new SplittableRandom(4);
    byte[] images = new byte[samples * SIDE * SIDE];
    byte[] masks = new byte[samples * 3 * SIDE * SIDE];
    for (int i = 0; i < images.length; i++) { // a disc, elsewhere in each
      int sample = i / (SIDE * SIDE);
      int x = i % SIDE - 8 - sample * 5 % 16;
      int y = i / SIDE % SIDE - 8 - sample * 3 % 16;
      images[i] = (byte) (x * x + y * y < 50 ? 200 : 40);
    }
    for (int i = 0; i < masks.length; i++) {
      masks[i] = (byte) random.nextInt(2);
    }
    new SafetensorsWriter()
        .metadata("format", "synthorax-samples")
        .metadata("version", "1")
        .metadata("structures", "lungs,heart,pneumothorax")
        .add(
            "images",
            ElementType.U8,
            new long[] {samples, 1, SIDE, SIDE},
            MemorySegment.ofArray(images))
        .add(
            "masks",
            ElementType.U8,
            new long[] {samples, 3, SIDE, SIDE},
            MemorySegment.ofArray(masks))
        .write(folder.resolve("shard-00000.safetensors"));
    List<String> findings =
        List.of(
            "cardiomegaly",
            "pleural_effusion",
            "pneumothorax",
            "consolidation",
            "edema",
            "atelectasis");
    var lines = new StringBuilder();
    for (int i = 0; i < samples; i++) {
      lines.append(
          "{\"id\":\"p%d\",\"prompt\":\"large pleural effusion %d\",\"findings\":[\"%s\",\"%s\"],\"attributes\":{\"view\":\"%s\"}}\n"
              .formatted(
                  i,
                  i % 3,
                  findings.get(i % 6),
                  findings.get((i + 1) % 6),
                  i % 2 == 0 ? "PA" : "AP"));
    }
    Files.writeString(folder.resolve("shard-00000.jsonl"), lines);
    return folder;
  }

  /** Settings and configurations of a tiny pipeline; files that are there stay. */
  static void layOutPipeline(Path work, int steps) throws IOException {
    write(
        work.resolve("recipe.json"),
        """
        {"seed": 7, "maxTokens": 600, %s, "structures": ["lungs", "heart", "pneumothorax"],
         "autoencoder": [%s, %s], "decoder": [%s], "diffusion": %s, "control": %s}
        """
            .formatted(
                CAPTIONS,
                autoencoderPhase(steps, 0, 0),
                autoencoderPhase(steps, 16, 0.1),
                decoderPhase(steps),
                denoising(steps, "unet", "text_encoder"),
                denoising(steps, "unet", "text_encoder", "controlnet")));
    layOutNetworks(work);
  }

  /** A phase of the autoencoder. */
  static String autoencoderPhase(int steps, int crop, double critic) {
    return phase(steps, crop, 1e-5, critic);
  }

  /** A phase of its decoder alone. */
  static String decoderPhase(int steps) {
    return phase(steps, 0, 0, 0.1);
  }

  private static String phase(int steps, int crop, double divergence, double critic) {
    return """
    {%s, "crop": %d, "edgeWeight": 0.5, "divergenceWeight": %s, "criticWeight": %s, "featureWeight": %s}\
    """
        .formatted(stage(steps), crop, divergence, critic, 10 * critic);
  }

  /** A stage that denoises. */
  static String denoising(int steps, String... learn) {
    return "{%s, \"weighting\": \"LAYOUT\", \"learn\": [\"%s\"]}"
        .formatted(stage(steps), String.join("\", \"", learn));
  }

  private static String stage(int steps) {
    return "\"steps\": %d, \"batchSize\": 2, \"peakLearningRate\": 2e-3, \"warmupSteps\": 1"
        .formatted(steps);
  }

  /** Configurations of a tiny pipeline; files that are there stay. */
  static void layOutNetworks(Path work) throws IOException {
    write(
        work.resolve("pipeline/vae/config.json"),
        """
        {"_class_name": "AutoencoderKL", "block_out_channels": [8, 8, 8, 8], "in_channels": 1, "out_channels": 1,
         "latent_channels": 4, "layers_per_block": 1, "norm_num_groups": 4,
         "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
        """);
    String trunk =
        """
        "block_out_channels": [8, 16], "cross_attention_dim": 16, "attention_head_dim": 2, "in_channels": 4,
        "layers_per_block": 1, "norm_num_groups": 4, "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"]\
        """;
    write(
        work.resolve("pipeline/unet/config.json"),
        "{\"_class_name\": \"UNet2DConditionModel\", \"out_channels\": 4, \"up_block_types\":"
            + " [\"UpBlock2D\", \"CrossAttnUpBlock2D\"],"
            + trunk
            + "}");
    write(
        work.resolve("pipeline/controlnet/config.json"),
        "{\"_class_name\": \"ControlNetModel\", \"conditioning_channels\": 3,"
            + " \"conditioning_embedding_out_channels\": [4, 4, 8, 8],"
            + trunk
            + "}");
    write(
        work.resolve("pipeline/text_encoder/config.json"),
        """
        {"hidden_act": "quick_gelu", "hidden_size": 16, "intermediate_size": 32, "max_position_embeddings": 12,
         "model_type": "clip_text_model", "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 600}
        """);
  }

  /** Writes a text file unless it is there. */
  static void write(Path file, String text) throws IOException {
    if (!Files.exists(file)) {
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, text);
    }
  }

  /** Digests of the files below a folder that are not hidden, by their names. */
  static SortedMap<String, String> contents(Path folder) throws IOException {
    var contents = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        String name = folder.relativize(file).toString();
        contents.put(
            name,
            bytes.length < 200
                ? new String(bytes, StandardCharsets.UTF_8)
                : bytes.length + ":" + Arrays.hashCode(bytes));
      }
    }
    contents.keySet().removeIf(name -> name.startsWith(".") || name.contains("/."));
    return contents;
  }
}
