package dev.synthorax.client.augment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job left.
 *
 * @param dataset folder with a dataset an arm, {@code manifest.jsonl} and {@code plan.json}
 * @param arms in order of name
 * @param counts over all arms
 * @param skipped images that could not be made, by arm and id
 * @param earlier where the dataset of the plan before is; null: there was none
 * @param model name and version; empty: no server was asked
 */
public record AugmentOutcome(
    Path dataset,
    List<ArmOutcome> arms,
    Counts counts,
    List<Skipped> skipped,
    @Nullable Path earlier,
    String model) {
  /** Copies the lists. */
  public AugmentOutcome {
    arms = List.copyOf(arms);
    skipped = List.copyOf(skipped);
  }

  /**
   * One arm's dataset.
   *
   * @param name folder below the dataset's
   * @param made images made
   * @param source images of the source beside them
   */
  public record ArmOutcome(String name, int made, int source) {}

  /**
   * How many images came about how.
   *
   * @param made all of them, those that were there before included
   * @param reused were there before this run, and fit the plan
   * @param redone were there before this run, and did not
   * @param removed were there before this run, and are not in the plan
   * @param rejected were made and not taken, over all runs
   */
  public record Counts(int made, int reused, int redone, int removed, int rejected) {}

  /**
   * An image that could not be made.
   *
   * @param id its name in the plan
   * @param arm whose it is
   * @param parent the training image that it would have been made from; null: none
   * @param reason one line
   */
  @JsonPropertyOrder({"id", "arm", "parent", "reason"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Skipped(String id, String arm, @Nullable String parent, String reason) {}
}
