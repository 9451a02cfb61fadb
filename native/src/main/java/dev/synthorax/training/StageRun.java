package dev.synthorax.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What every stage of a pipeline's training is given.
 *
 * @param pipeline where the finished networks go
 * @param shards the samples
 * @param checkpoints folder of the files to resume from
 * @param seed decides everything random
 * @param stop asked before every step
 * @param listener hears of the progress; named by stage
 */
record StageRun(
    PipelineFolder pipeline,
    SampleShards shards,
    Path checkpoints,
    long seed,
    BooleanSupplier stop,
    TrainingListener listener) {
  private static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(3);

  /**
   * Runs a stage's loop.
   *
   * @return whether it came to its last step
   */
  boolean loop(
      String stage,
      PipelineRecipe.Stage settings,
      FlatOptimizer optimizer,
      TrainingLoop.Objective objective)
      throws IOException {
    // The number of samples is part of the identity: it decides the order.
    String identity = "%s %s seed=%d samples=%d".formatted(stage, settings, seed, shards.size());
    var loop =
        new TrainingLoop(
            identity,
            seed,
            settings.steps(),
            settings.rate(),
            checkpoints.resolve(stage + ".safetensors"),
            CHECKPOINT_EVERY);
    return loop.run(
        optimizer,
        objective,
        stop,
        (step, loss, seconds) ->
            listener.progress(stage, step, settings.steps(), loss, settings.batchSize() / seconds));
  }
}
