package dev.synthorax.client.cli.training;

import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingProgress;
import dev.synthorax.proto.v1.TrainingState;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A job in words and as facts for machines. */
final class TrainWords {
  private TrainWords() {}

  /** Returns {@code running}, {@code finished} and so on. */
  static String state(Training training) {
    return training.getState() == TrainingState.UNRECOGNIZED
        ? "unknown"
        : training.getState().name().replace("TRAINING_STATE_", "").toLowerCase(Locale.ROOT);
  }

  /** Returns where a job stands, one line. */
  static String standing(Training training) {
    String line = training.getName() + ": " + state(training);
    if (training.getState() == TrainingState.TRAINING_STATE_QUEUED && training.getJobsAhead() > 0) {
      line += ", jobs before it: " + training.getJobsAhead();
    }
    int stages = training.getStagesCount();
    int finished = training.getStagesFinished();
    if (training.getState() == TrainingState.TRAINING_STATE_RUNNING && stages > 0) {
      line +=
          finished < stages
              ? ", stage " + (finished + 1) + " of " + stages + ": " + training.getStages(finished)
              : ", all " + stages + " stages finished";
    }
    return training.getStateReason().isEmpty()
        ? line
        : line + " (" + training.getStateReason() + ")";
  }

  /** Returns {@code diffusion: step 120 of 2600, loss 0.1234, 12.3 samples/s, 1:05 to go}. */
  static String progress(TrainingProgress progress) {
    return progress.getStage()
        + ": step "
        + progress.getStep()
        + " of "
        + progress.getSteps()
        + ", "
        + pace(progress)
        + (progress.hasEta() ? ", " + time(progress.getEta().getSeconds()) + " to go" : "");
  }

  /** Returns {@code loss 0.1234, 12.3 samples/s}. */
  static String pace(TrainingProgress progress) {
    String loss =
        progress.hasLoss() ? String.format(Locale.ROOT, "loss %.4g, ", progress.getLoss()) : "";
    return loss + String.format(Locale.ROOT, "%.1f samples/s", progress.getSamplesPerSecond());
  }

  private static String time(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** Returns what machines are told of a job. */
  static Map<String, Object> facts(Training training) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("training", training.getName());
    facts.put("state", state(training));
    facts.put("stateReason", training.getStateReason());
    facts.put("recipe", training.getSpec().getRecipe());
    facts.put("model", training.getSpec().getModel());
    facts.put("modelVersion", training.getModelVersion());
    facts.put("stages", training.getStagesList().stream().map(String::valueOf).toList());
    facts.put("stagesFinished", training.getStagesFinished());
    facts.put("restarts", training.getRestarts());
    if (training.hasProgress()) {
      TrainingProgress progress = training.getProgress();
      facts.put("stage", progress.getStage());
      facts.put("step", progress.getStep());
      facts.put("steps", progress.getSteps());
      if (progress.hasLoss()) {
        facts.put("loss", progress.getLoss());
      }
    }
    return facts;
  }
}
