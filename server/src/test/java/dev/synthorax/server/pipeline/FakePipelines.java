package dev.synthorax.server.pipeline;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanProgress;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.onnx.ExportedPipeline;
import dev.synthorax.server.config.DeviceChoice;
import dev.synthorax.server.config.ImageSize;
import dev.synthorax.server.config.PipelineConfig;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Pipeline folders without weights, and a loader that runs them on a {@link FakeBackend}. */
public final class FakePipelines {
  /** Pixels of a side. */
  public static final int SIDE = 16;

  /** Tokens that the fake text encoder reads. */
  public static final int TEXT_LENGTH = 8;

  static final List<TensorSpec> RESIDUALS =
      List.of(
          new TensorSpec(
              "down_block_residual_0", DataType.FP32, List.of(TensorSpec.DYNAMIC, 3L, 2L, 2L)),
          new TensorSpec(
              "mid_block_residual", DataType.FP32, List.of(TensorSpec.DYNAMIC, 2L, 1L, 1L)));

  /** What a folder's {@code synthorax.yaml} says unless a test says otherwise. */
  public static final String YAML =
      """
      description: Arithmetic that draws squares.
      sizes: [[16, 16]]
      structures: [lungs, heart]
      unconditional: zero
      defaults: {num-inference-steps: 5, guidance-scale: 3.0, noise-scheduler: DDIM}
      row-counts: [2, 4, 8]
      max-queued-images: 40
      """;

  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  private FakePipelines() {}

  /** Writes a folder that loads. */
  public static Path write(Path folder, String yaml) throws IOException {
    Files.createDirectories(folder.resolve("scheduler"));
    Files.createDirectories(folder.resolve("tokenizer"));
    Files.writeString(folder.resolve("model_index.json"), "{}");
    Files.writeString(folder.resolve("synthorax.yaml"), yaml);
    Files.writeString(
        folder.resolve("scheduler/scheduler_config.json"),
        "{\"_class_name\":\"DDIMScheduler\",\"beta_start\":0.00085,\"beta_end\":0.012,"
            + "\"beta_schedule\":\"scaled_linear\",\"clip_sample\":false,\"steps_offset\":1}");
    return folder;
  }

  /** Writes a folder whose weights are cut short. */
  public static void writeBroken(Path folder) throws IOException {
    Files.writeString(write(folder, YAML).resolve("broken"), "");
  }

  /** A loader over the fake. */
  public static PipelineLoader loader(Backend backend) {
    return new PipelineLoader(
        backend,
        DeviceChoice.ALL.of(backend.devices()),
        1,
        Path.of("unused"),
        new ByteBudget(1 << 20),
        PlanProgress.NONE,
        FakePipelines::export,
        (folder, length, vocabulary) -> FakePipelines::tokenize,
        System::nanoTime);
  }

  private static ExportedPipeline export(
      DiffusersFolder folder,
      PipelineConfig config,
      ImageSize size,
      Path cache,
      PipelineLoader.Target target) {
    if (folder.root().resolve("broken").exists()) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "unet/model.safetensors: 7 bytes (expected: the header says 900; copy it again)");
    }
    return new ExportedPipeline(
        "f00d",
        Precision.FP32,
        Precision.FP32,
        size.height(),
        size.width(),
        Path.of("text_encoder"),
        Path.of("unet"),
        Path.of("controlnet"),
        Path.of("vae_decoder"),
        folder.root().resolve("decodes-alone").exists() ? null : Path.of("vae_encoder"),
        4,
        8,
        1,
        TEXT_LENGTH,
        97,
        4,
        1,
        2,
        RESIDUALS);
  }

  private static PromptTokenizer.Tokens tokenize(String prompt) {
    String[] words = WHITE_SPACE.split(prompt.strip(), -1);
    long[] ids = new long[TEXT_LENGTH];
    int kept = Math.min(words.length, TEXT_LENGTH - 2);
    for (int i = 0; i < kept; i++) {
      ids[i + 1] = Math.floorMod(words[i].hashCode(), 97);
    }
    return new PromptTokenizer.Tokens(ids, words.length - kept);
  }
}
