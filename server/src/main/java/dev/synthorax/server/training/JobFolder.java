package dev.synthorax.server.training;

import java.nio.file.Path;

/**
 * Where one job keeps what it computes.
 *
 * @param root named after the job
 */
record JobFolder(Path root) {
  /** Settings, checkpoints and everything between; the trainer's. */
  Path work() {
    return root.resolve("work");
  }

  /** The finished model, from when it is whole to when it is promoted. */
  Path model() {
    return root.resolve("model");
  }

  /** What the trainer told, a line an event. */
  Path events() {
    return root.resolve("events.jsonl");
  }

  /** The trainer's standard error. */
  Path words() {
    return root.resolve("trainer.log");
  }

  /** Which process trains, so that one that outlives its server is waited for. */
  Path process() {
    return root.resolve("trainer.pid");
  }
}
