package dev.synthorax.training;

import dev.synthorax.nn.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Trains a network from sample shards. Every recipe can be stopped anywhere and resumed exactly.
 *
 * <p><b>Threading:</b> one thread, which computes; {@code stop} may be set by any.
 */
public final class Training {
  private final Path shards;
  private final Path work;
  private final int threads;
  private final BooleanSupplier stop;
  private final TrainingListener listener;

  /**
   * A training run.
   *
   * @param shards sample shards, as {@code synthorax phantom --format shards} writes them
   * @param work checkpoints and everything between; made if missing, resumed if not
   * @param threads that libtorch computes with, in the whole process; at most the free cores
   * @param stop asked before every step; true ends the run after a checkpoint
   * @param listener hears of the progress
   */
  public Training(
      Path shards, Path work, int threads, BooleanSupplier stop, TrainingListener listener) {
    this.shards = shards;
    this.work = work;
    this.threads = threads;
    this.stop = stop;
    this.listener = listener;
  }

  /**
   * Runs a recipe until its end or until told to stop.
   *
   * @param recipe {@code cxr-mini}, {@code segmenter} or {@code classifier}
   * @param target where the finished model goes, in the layout of the model repository
   * @return whether the model is finished
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if there is no such recipe
   * @throws dev.synthorax.engine.InferenceException {@code INVALID_ARGUMENT} if the shards are
   *     malformed
   */
  public boolean run(String recipe, Path target) throws IOException {
    TorchThreads.use(threads);
    return switch (recipe) {
      case "cxr-mini" -> new PipelineTraining(shards, work, stop, listener).run(target);
      case "segmenter" -> new ReaderTraining(shards, work, stop, listener).segmenter(target);
      case "classifier" -> new ReaderTraining(shards, work, stop, listener).classifier(target);
      default ->
          throw new IllegalArgumentException(
              "recipe: " + recipe + " (expected: cxr-mini, segmenter or classifier)");
    };
  }
}
