package dev.synthorax.server.training;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is recorded.
 *
 * @param number order in which jobs were asked for, from 1
 * @param name known to whoever started it
 * @param spec what is trained
 * @param state where it stands
 * @param reason why, one sentence; empty where there is nothing to say
 * @param created when it was asked for
 * @param started when it first ran; null: not yet
 * @param ended when it ended; null: not yet
 * @param restarts times that its process ended unasked and it went on
 * @param modelVersion of the promoted model; empty: not promoted
 */
public record TrainingJob(
    long number,
    String name,
    TrainingSpec spec,
    TrainingState state,
    String reason,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended,
    int restarts,
    String modelVersion) {

  public TrainingJob {
    requireNonNull(name, "name");
    requireNonNull(spec, "spec");
    requireNonNull(state, "state");
    requireNonNull(reason, "reason");
    requireNonNull(created, "created");
    requireNonNull(modelVersion, "modelVersion");
  }

  /** A job that waits. */
  static TrainingJob queued(long number, String name, TrainingSpec spec, Instant now) {
    return new TrainingJob(number, name, spec, TrainingState.QUEUED, "", now, null, null, 0, "");
  }

  /** The same in another state. */
  TrainingJob in(TrainingState next, String why, Instant now) {
    return new TrainingJob(
        number,
        name,
        spec,
        next,
        why,
        created,
        started == null && next == TrainingState.RUNNING ? now : started,
        next.ended() ? now : null,
        restarts,
        modelVersion);
  }

  /** The same for another reason. */
  TrainingJob because(String why) {
    return new TrainingJob(
        number, name, spec, state, why, created, started, ended, restarts, modelVersion);
  }

  /** The same, once more begun. */
  TrainingJob restarted() {
    return new TrainingJob(
        number, name, spec, state, reason, created, started, ended, restarts + 1, modelVersion);
  }

  /** The same with a promoted model. */
  TrainingJob promoted(String version) {
    return new TrainingJob(
        number, name, spec, state, reason, created, started, ended, restarts, version);
  }
}
