package dev.synthorax.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Trains a text- and mask-conditioned diffusion pipeline from sample shards, stage after stage:
 * vocabulary, autoencoder, latents, denoiser on text, denoiser and ControlNet on text and masks.
 * Every stage resumes where it was stopped, exactly.
 */
final class PipelineTraining {
  private static final String TEMPLATE = "cxr-mini/";

  private final Path shardFolder;
  private final Path work;
  private final BooleanSupplier stop;
  private final TrainingListener listener;

  /**
   * A training run.
   *
   * @param shardFolder sample shards, as {@code synthorax phantom --format shards} writes them
   * @param work checkpoints and FP32 weights; made if missing, resumed if not
   * @param stop asked before every step; true ends the run after a checkpoint
   * @param listener hears of the progress
   */
  PipelineTraining(Path shardFolder, Path work, BooleanSupplier stop, TrainingListener listener) {
    this.shardFolder = shardFolder;
    this.work = work;
    this.stop = stop;
    this.listener = listener;
  }

  /**
   * Runs until the end or until told to stop.
   *
   * @param target where the finished pipeline goes: the diffusers layout with FP16 weights
   * @return whether the pipeline is finished and published
   * @throws IOException if a file cannot be read or written
   * @throws dev.synthorax.engine.InferenceException {@code INVALID_ARGUMENT} if the shards are
   *     malformed
   */
  boolean run(Path target) throws IOException {
    var pipeline = new PipelineFolder(work.resolve("pipeline"));
    pipeline.layOut(TEMPLATE);
    Path recipeFile = work.resolve("recipe.json");
    Template.copy(TEMPLATE + "recipe.json", recipeFile);
    PipelineRecipe recipe = PipelineRecipe.read(recipeFile);
    Path checkpoints = Files.createDirectories(work.resolve("checkpoints"));
    try (SampleShards shards = SampleShards.open(shardFolder)) {
      var run = new StageRun(pipeline, shards, checkpoints, recipe.seed(), stop, listener);
      Prompts.learnVocabulary(pipeline, shards, recipe.maxTokens());
      if (!AutoencoderStage.run(run, recipe.autoencoder())) {
        return false;
      }
      try (LatentCache latents = LatentCache.openOrMake(work.resolve("latents.safetensors"), run)) {
        pipeline.setNumber(PipelineFolder.Component.VAE, "scaling_factor", latents.scalingFactor());
        if (!DenoiserStage.text(run, latents, recipe.diffusion())
            || !DenoiserStage.control(run, latents, recipe.control())
            || !DenoiserStage.layout(run, latents, recipe.layout())) {
          return false;
        }
      }
    }
    pipeline.publish(target);
    return true;
  }
}
