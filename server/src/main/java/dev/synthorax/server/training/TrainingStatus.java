package dev.synthorax.server.training;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands.
 *
 * @param stages in order; empty until it first ran
 * @param stagesFinished how many of them are
 * @param progress the newest; null: none yet
 * @param jobsAhead before it, where it is queued
 */
public record TrainingStatus(
    TrainingJob job,
    List<String> stages,
    int stagesFinished,
    @Nullable Progress progress,
    int jobsAhead) {

  public TrainingStatus {
    stages = List.copyOf(stages);
  }

  /**
   * How far a stage is.
   *
   * @param step steps done, or samples where nothing is learned
   * @param steps of these in all
   * @param loss mean since the last time; null where nothing is learned
   * @param samplesPerSecond mean since the last time
   * @param eta expected time to the end of the stage; null where there is no pace yet
   */
  public record Progress(
      String stage,
      long step,
      long steps,
      @Nullable Double loss,
      double samplesPerSecond,
      @Nullable Duration eta) {}
}
