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
  static final int SAMPLES = 12;
  static final int SIDE = 32;

  private Work() {}

  /** Writes one shard of noise, with masks of three structures and prompts of three kinds. */
  static Path writeShards(Path folder) throws IOException {
    Files.createDirectories(folder);
    var random = new SplittableRandom(4);
    byte[] images = new byte[SAMPLES * SIDE * SIDE];
    byte[] masks = new byte[SAMPLES * 3 * SIDE * SIDE];
    random.nextBytes(images);
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
            new long[] {SAMPLES, 1, SIDE, SIDE},
            MemorySegment.ofArray(images))
        .add(
            "masks",
            ElementType.U8,
            new long[] {SAMPLES, 3, SIDE, SIDE},
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
    for (int i = 0; i < SAMPLES; i++) {
      lines.append(
          "{\"id\":\"p%d\",\"prompt\":\"large pleural effusion %d\",\"findings\":[\"%s\",\"%s\"]}\n"
              .formatted(i, i % 3, findings.get(i % 6), findings.get((i + 1) % 6)));
    }
    Files.writeString(folder.resolve("shard-00000.jsonl"), lines);
    return folder;
  }

  /** Settings and configurations of a tiny pipeline; files that are there stay. */
  static void layOutPipeline(Path work, int steps) throws IOException {
    String stage =
        "\"steps\": %d, \"batchSize\": 2, \"peakLearningRate\": 1e-3, \"warmupSteps\": 1"
            .formatted(steps);
    write(
        work.resolve("recipe.json"),
        """
        {"seed": 7, "maxTokens": 600,
         "autoencoder": [{STAGE, "edgeWeight": 0.5}, {STAGE, "edgeWeight": 1}],
         "diffusion": {STAGE}, "control": {STAGE}, "layout": {STAGE}}
        """
            .replace("STAGE", stage));
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
