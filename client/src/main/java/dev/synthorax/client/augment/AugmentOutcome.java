package dev.synthorax.client.augment;

import java.nio.file.Path;
import java.util.List;

/**
 * What a job left.
 *
 * @param dataset folder with a dataset an arm, {@code manifest.jsonl} and {@code plan.json}
 * @param arms in order of name
 * @param reused images that were there before this run
 * @param rejected images that were made and not taken, over all runs
 * @param model name and version; empty: no server was asked
 */
public record AugmentOutcome(
    Path dataset, List<ArmOutcome> arms, int reused, int rejected, String model) {
  /** Copies the list. */
  public AugmentOutcome {
    arms = List.copyOf(arms);
  }

  /**
   * One arm's dataset.
   *
   * @param name folder below the dataset's
   * @param made images made
   * @param source images of the source beside them
   */
  public record ArmOutcome(String name, int made, int source) {}
}
