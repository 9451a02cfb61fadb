package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsFile;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole chain at a size that takes seconds. */
final class PipelineTrainingIT {
  private static final int SAMPLES = 12;
  private static final int SIDE = 32;

  @TempDir Path folder;

  @Test
  void run_stoppedAndResumed_endsLikeAnUnbrokenRun() throws IOException {
    Path shards = writeShards();
    Path straight = folder.resolve("straight");
    Path broken = folder.resolve("broken");

    boolean finished = train(shards, straight, () -> false);
    int runs = 0;
    boolean resumed = false;
    while (!resumed && runs < 50) {
      var steps = new AtomicInteger();
      resumed = train(shards, broken, () -> steps.incrementAndGet() > 3);
      runs++;
    }

    assertThat(finished).isTrue();
    assertThat(resumed).isTrue();
    assertThat(runs).isGreaterThan(3);
    assertThat(published(broken)).isEqualTo(published(straight));
    assertThat(published(straight))
        .containsKeys(
            "unet/diffusion_pytorch_model.safetensors",
            "controlnet/diffusion_pytorch_model.safetensors",
            "vae/diffusion_pytorch_model.safetensors",
            "text_encoder/model.safetensors",
            "tokenizer/vocab.json",
            "scheduler/scheduler_config.json",
            "model_index.json");
  }

  @Test
  void run_finished_publishesHalfPrecisionThatMoved() throws IOException {
    Path shards = writeShards();
    Path work = folder.resolve("work");

    train(shards, work, () -> false);

    Path control = work.resolve("out/controlnet/diffusion_pytorch_model.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(control)) {
      var zeroConvolution = file.tensor("controlnet_mid_block.weight");
      assertThat(zeroConvolution.type()).isEqualTo(ElementType.F16);
      byte[] bytes = zeroConvolution.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
      assertThat(bytes).as("the zero convolution learned").isNotEqualTo(new byte[bytes.length]);
    }
  }

  private static boolean train(Path shards, Path work, BooleanSupplier stop) throws IOException {
    layOutTiny(work);
    return new PipelineTraining(shards, work, stop, (stage, step, steps, loss, rate) -> {})
        .run(work.resolve("out"));
  }

  private static java.util.Map<String, String> published(Path work) throws IOException {
    var hashes = new TreeMap<String, String>();
    Path out = work.resolve("out");
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        hashes.put(
            out.relativize(file).toString(), bytes.length + ":" + java.util.Arrays.hashCode(bytes));
      }
    }
    return hashes;
  }

  private Path writeShards() throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards"));
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
        .write(shards.resolve("shard-00000.safetensors"));
    var lines = new StringBuilder();
    for (int i = 0; i < SAMPLES; i++) {
      lines.append(
          "{\"id\":\"p%d\",\"prompt\":\"large pleural effusion %d\",\"findings\":[]}\n"
              .formatted(i, i % 3));
    }
    Files.writeString(shards.resolve("shard-00000.jsonl"), lines);
    return shards;
  }

  private static void layOutTiny(Path work) throws IOException {
    write(
        work.resolve("recipe.json"),
        """
        {"seed": 7, "maxTokens": 600,
         "autoencoder": [
           {"steps": 5, "batchSize": 2, "peakLearningRate": 1e-3, "warmupSteps": 1, "edgeWeight": 0.5},
           {"steps": 5, "batchSize": 2, "peakLearningRate": 1e-3, "warmupSteps": 1, "edgeWeight": 1}],
         "diffusion": {"steps": 5, "batchSize": 2, "peakLearningRate": 1e-3, "warmupSteps": 1},
         "control": {"steps": 5, "batchSize": 2, "peakLearningRate": 1e-3, "warmupSteps": 1},
         "layout": {"steps": 5, "batchSize": 2, "peakLearningRate": 1e-3, "warmupSteps": 1}}
        """);
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
         "layers_per_block": 1, "norm_num_groups": 4, "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"]""";
    write(
        work.resolve("pipeline/unet/config.json"),
        "{\"_class_name\": \"UNet2DConditionModel\", \"out_channels\": 4, \"up_block_types\": [\"UpBlock2D\", \"CrossAttnUpBlock2D\"],"
            + trunk
            + "}");
    write(
        work.resolve("pipeline/controlnet/config.json"),
        "{\"_class_name\": \"ControlNetModel\", \"conditioning_channels\": 3, \"conditioning_embedding_out_channels\": [4, 4, 8, 8],"
            + trunk
            + "}");
    write(
        work.resolve("pipeline/text_encoder/config.json"),
        """
        {"hidden_act": "quick_gelu", "hidden_size": 16, "intermediate_size": 32, "max_position_embeddings": 12,
         "model_type": "clip_text_model", "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 600}
        """);
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }
}
