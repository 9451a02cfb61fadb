package dev.synthorax.training.tuning;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.StageSettings;
import dev.synthorax.training.stage.TrainingLoop;
import java.io.IOException;
import java.util.Set;

/** One way to tune a pipeline: what learns, and from which loss. */
interface Tuning {
  /** Name of the stage. */
  String name();

  StageSettings settings();

  /** Networks that learn; the others stay as they are, bit for bit. */
  Set<Component> learned();

  FlatOptimizer.Settings optimizer();

  /** All that decides the result, beside samples and models. */
  Identity identify(Identity before) throws IOException;

  /**
   * The loss of each step.
   *
   * @param open adopts what the loss needs beside the base's networks
   * @param optimizer of the networks that learn
   */
  TrainingLoop.Objective objective(StageRun run, OpenBase open, FlatOptimizer optimizer)
      throws IOException;
}
