package dev.synthorax.client.cli.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.training.TrainingJob;
import dev.synthorax.proto.v1.PromoteModelResponse;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingState;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What commands of training answer at their end. */
final class TrainAnswer {
  private static final JsonMapper JSON = new JsonMapper();

  private TrainAnswer() {}

  /**
   * Tells how a job ended.
   *
   * @param again options that reach the same server
   * @throws IOException if the job did not finish; the message says why and what to do
   */
  static void ended(
      Training training, SynthoraxClient client, String again, boolean json, PrintWriter out)
      throws IOException {
    String name = training.getName();
    switch (training.getState()) {
      case TRAINING_STATE_FINISHED -> finished(training, client, again, json, out);
      case TRAINING_STATE_FAILED ->
          throw new IOException(
              "training "
                  + name
                  + " failed: "
                  + training.getStateReason()
                  + " (started again, it goes on from its last checkpoint)");
      case TRAINING_STATE_CANCELLED ->
          throw new IOException(
              "training "
                  + name
                  + " was cancelled (started again, it goes on from its last checkpoint)");
      default ->
          throw new IOException(
              "training " + name + " is still " + TrainWords.state(training) + " on its server");
    }
  }

  private static void finished(
      Training training, SynthoraxClient client, String again, boolean json, PrintWriter out)
      throws IOException {
    if (json) {
      out.println(JSON.writeValueAsString(TrainWords.facts(training)));
      return;
    }
    String model = training.getSpec().getModel();
    if (training.getModelVersion().isEmpty()) {
      out.println(
          "The model of "
              + training.getName()
              + " is finished; to have it served: synthorax train promote "
              + training.getName()
              + again);
      return;
    }
    out.println(there(model, training.getModelVersion()));
    if (draws(client, model)) {
      out.println(
          "Draw with it: synthorax generate --model " + model + again + " --prompt \"edema\"");
    } else {
      out.println("Other recipes can name it as base or proxy.");
    }
  }

  static String there(String model, String version) {
    return "Model " + model + " is there, version " + version + ".";
  }

  private static boolean draws(SynthoraxClient client, String model) {
    try {
      return client.model(model, "").hasDiffusion();
    } catch (SynthoraxException e) {
      if (e.code() == Status.Code.NOT_FOUND) {
        return false; // it reads: such a model is kept and not served
      }
      throw e;
    }
  }

  /** Tells of a job that would be started. */
  static void planned(TrainingJob job, boolean json, PrintWriter out) throws IOException {
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("training", job.name());
      facts.put("recipe", job.recipe().recipe());
      facts.put("model", job.recipe().model());
      facts.put("datasets", job.parts());
      facts.put("models", job.recipe().models());
      facts.put("settings", job.recipe().settings());
      out.println(JSON.writeValueAsString(facts));
      return;
    }
    out.println("training  " + job.name());
    out.println("recipe    " + job.recipe().recipe());
    out.println("model     " + job.recipe().model());
    for (TrainingJob.Part part : job.parts()) {
      out.println(
          String.format(
              Locale.ROOT,
              "dataset   %s: %s, %.0f %% of every batch",
              part.name(),
              part.samples() == 0 ? "on the server" : part.samples() + " samples",
              100 * part.share()));
    }
    job.recipe().models().forEach((role, model) -> out.println(line(role, model)));
    job.recipe()
        .settings()
        .forEach((template, changes) -> out.println(line("settings", template + " " + changes)));
  }

  private static String line(String word, String rest) {
    return String.format(Locale.ROOT, "%-8s  %s", word, rest);
  }

  /** Tells of a model that was put into the repository. */
  static void promoted(PromoteModelResponse promoted, boolean json, PrintWriter out)
      throws IOException {
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("model", promoted.getModel());
      facts.put("modelVersion", promoted.getModelVersion());
      facts.put("notServed", promoted.getNotServed());
      out.println(JSON.writeValueAsString(facts));
      return;
    }
    out.println(there(promoted.getModel(), promoted.getModelVersion()));
    if (!promoted.getNotServed().isEmpty()) {
      out.println(promoted.getNotServed());
    }
  }

  /** Lists jobs. */
  static void list(List<Training> trainings, boolean json, PrintWriter out) throws IOException {
    if (json) {
      out.println(JSON.writeValueAsString(trainings.stream().map(TrainWords::facts).toList()));
      return;
    }
    if (trainings.isEmpty()) {
      out.println("No trainings.");
    }
    for (Training training : trainings) {
      String line = TrainWords.standing(training);
      boolean running = training.getState() == TrainingState.TRAINING_STATE_RUNNING;
      out.println(
          running && training.hasProgress()
              ? line + "; " + TrainWords.progress(training.getProgress())
              : line);
    }
  }
}
