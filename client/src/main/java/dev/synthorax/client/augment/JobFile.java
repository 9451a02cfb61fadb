package dev.synthorax.client.augment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.synthorax.client.augment.plan.Arm;
import dev.synthorax.client.augment.plan.PlanException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a work folder knows of its job.
 *
 * @param layout of the folder; null: of a version before there was any other
 * @param job name of plan and source
 * @param seed of the plan
 * @param arms names in the plan
 * @param earlier where the finished dataset of the plan before goes; null: there is none
 */
@JsonPropertyOrder({"layout", "job", "seed", "arms", "earlier"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobFile(
    @Nullable Integer layout,
    String job,
    long seed,
    @Nullable List<String> arms,
    @Nullable String earlier) {
  private static final int LAYOUT = 2;

  static JobFile of(AugmentJob job) {
    return new JobFile(
        LAYOUT,
        job.name(),
        job.plan().seed(),
        job.plan().arms().stream().map(Arm::name).toList(),
        null);
  }

  JobFile withEarlier(@Nullable String name) {
    return new JobFile(layout, job, seed, arms, name);
  }

  /**
   * Returns whether this job is another than the one that a folder was last used for.
   *
   * @throws PlanException if it has so little in common that it is another plan
   */
  boolean follows(JobFile before, Path folder) {
    List<String> known = before.arms;
    List<String> ours = arms;
    if (before.layout == null || before.layout != LAYOUT || known == null || ours == null) {
      throw new PlanException(
          folder
              + " holds the work of another version of augment (expected: layout "
              + LAYOUT
              + "); name another folder");
    }
    if (job.equals(before.job)) {
      return false;
    }
    if (seed != before.seed) {
      throw new PlanException(
          folder
              + " was begun with seed "
              + before.seed
              + " (expected: that seed; with "
              + seed
              + " no image could be kept); name another folder");
    }
    if (ours.stream().noneMatch(known::contains)) {
      throw new PlanException(
          folder
              + " holds the work of another plan, with the arms "
              + String.join(", ", known)
              + " (expected: one of them in this plan); name another folder");
    }
    return true;
  }
}
