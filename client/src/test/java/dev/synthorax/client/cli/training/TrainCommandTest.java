package dev.synthorax.client.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.FakeTraining;
import dev.synthorax.proto.v1.StartTrainingRequest;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingMetrics;
import dev.synthorax.proto.v1.TrainingPictures;
import dev.synthorax.proto.v1.TrainingProgress;
import dev.synthorax.proto.v1.TrainingSpec;
import dev.synthorax.proto.v1.TrainingState;
import dev.synthorax.proto.v1.WatchTrainingResponse;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainCommandTest extends TrainCase {
  private static String job(StartTrainingRequest start) {
    return start.getTraining();
  }

  @Test
  void train_newRecipe_uploadsStartsWatchesAndSaysHowToDraw() throws IOException {
    int exit = run(recipe(RECIPE));

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    assertThat(training.uploads).hasSize(1);
    String dataset = training.uploads.peek().getDataset();
    assertThat(dataset).matches("phantoms-a-0-3-[0-9a-f]{12}");
    assertThat(training.samples(dataset)).hasSize(3);
    assertThat(training.starts).hasSize(2); // before the upload, and after it
    TrainingSpec spec = training.starts.peek().getSpec();
    assertThat(spec.getRecipe()).isEqualTo("classifier");
    assertThat(spec.getModel()).isEqualTo("chest");
    assertThat(spec.getPromote()).isTrue();
    assertThat(spec.getDatasets(0).getDataset()).isEqualTo(dataset);
    assertThat(spec.getDatasets(0).getWeight()).isEqualTo(1);
    assertThat(spec.getSettingsOrThrow("recipe").getFieldsOrThrow("steps").getNumberValue())
        .isEqualTo(5);
    assertThat(err.toString()).contains(": running, stage 1 of 2: autoencoder");
    assertThat(out.toString())
        .contains("Model chest is there, version abcdef.")
        .contains(
            "Draw with it: synthorax generate --model chest --server " + target() + " --prompt");
  }

  @Test
  void train_again_neitherUploadsNorStartsAnother() throws IOException {
    assertThat(run(recipe(RECIPE))).isZero();

    assertThat(run(recipe("# a remark\n" + RECIPE))).isZero();

    assertThat(training.uploads).hasSize(1);
    assertThat(training.starts.stream().map(TrainCommandTest::job).distinct()).hasSize(1);
  }

  @Test
  void train_otherSettings_areAnotherJobOnTheSameSamples() throws IOException {
    assertThat(run(recipe(RECIPE))).isZero();

    assertThat(run(recipe(RECIPE.replace("steps: 5", "steps: 6")))).isZero();

    assertThat(training.uploads).hasSize(1);
    assertThat(training.starts.stream().map(TrainCommandTest::job).distinct()).hasSize(2);
  }

  @Test
  void train_recipeThatTheServerRefuses_uploadsNothing() throws IOException {
    training.failures.add(
        FakeServices.failure(
            Status.Code.INVALID_ARGUMENT,
            "INVALID_ARGUMENT",
            "spec.recipe: 'clasifier' (expected: classifier, segmenter)"));

    int exit = run(recipe(RECIPE));

    assertThat(exit).isEqualTo(2);
    assertThat(training.uploads).isEmpty();
    assertThat(err.toString())
        .contains(
            "error: spec.recipe: 'clasifier' (expected: classifier, segmenter); did you mean");
  }

  @Test
  void train_wrongRecipe_tellsEveryProblemAndAsksNobody() throws IOException {
    String file = recipe(RECIPE.replace("count", "cuont").replace("recipe: classifier\n", ""));

    int exit = run(file);

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "error: "
                + file
                + ":1: recipe: missing (expected: a recipe of the server, such as"
                + " classifier)",
            "error: " + file + ":3: datasets[0].phantom.count: missing (expected: how many)",
            "error: " + file + ":3: datasets[0].phantom.cuont: unknown key; did you mean count?");
    assertThat(training.starts).isEmpty();

    assertThat(run(file, "--json")).isEqualTo(2);
    JsonNode json = new JsonMapper().readTree(err.toString());
    assertThat(json.path("error").path("problems")).hasSize(3);
  }

  @Test
  void train_dryRun_saysWhatWouldBeDoneAndDoesNot() throws IOException {
    int exit = run(recipe(RECIPE + "base: cxr-mini\n"), "--dry-run");

    assertThat(exit).isZero();
    assertThat(training.starts).isEmpty();
    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches("training  chest-[0-9a-f]{12}"))
        .anyMatch(
            line -> line.matches("dataset   phantoms-a-0-3-\\S+: 3 samples, 100 % of every.*"))
        .contains("base      cxr-mini", "settings  recipe {\"steps\":5}");
  }

  @Test
  void train_json_answersWithOneObject() throws IOException {
    int exit = run(recipe(RECIPE), "--json");

    assertThat(exit).isZero();
    assertThat(err.toString()).isEmpty();
    JsonNode json = new JsonMapper().readTree(out.toString());
    assertThat(json.path("state").asText()).isEqualTo("finished");
    assertThat(json.path("modelVersion").asText()).isEqualTo("abcdef");
  }

  @Test
  void train_eventsOfAllKinds_areShownAndPicturesKept() throws IOException {
    training.events.add(
        WatchTrainingResponse.newBuilder()
            .setMetrics(
                TrainingMetrics.newBuilder()
                    .setStage("diffusion")
                    .setStep(40)
                    .putAllValues(Map.of("dice.lungs", 0.9312, "auroc", 0.5)))
            .build());
    training.events.add(
        WatchTrainingResponse.newBuilder()
            .setPictures(
                TrainingPictures.newBuilder()
                    .setStage("../diffusion")
                    .setStep(40)
                    .setPng(ByteString.copyFromUtf8("png")))
            .build());
    training.events.add(
        WatchTrainingResponse.newBuilder().setNotice("process started anew").build());
    Path pictures = folder.resolve("pictures");

    int exit = run(recipe(RECIPE), "--pictures", pictures.toString());

    assertThat(exit).isZero();
    assertThat(err.toString())
        .contains("diffusion, step 40: auroc 0.5000, dice.lungs 0.9312")
        .contains("process started anew");
    assertThat(pictures.resolve("___diffusion-0000040.png")).hasContent("png");
  }

  @Test
  void train_jobThatFails_saysWhy() throws IOException {
    training.ending =
        Training.newBuilder()
            .setState(TrainingState.TRAINING_STATE_FAILED)
            .setStateReason("loss is NaN in batch 7")
            .build();

    int exit = run(recipe(RECIPE));

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .containsPattern("error: training chest-\\S+ failed: loss is NaN in batch 7 \\(started");
  }

  @Test
  void train_namedDatasetWithOtherSamples_isAConflict() throws IOException {
    String named = RECIPE.replace("64}", "64}\n    name: mine");
    assertThat(run(recipe(named))).isZero();

    int exit = run(recipe(named.replace("count: 3", "count: 4")));

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("error: dataset 'mine' is on ");
  }

  @Test
  void train_noRecipe_isBadUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("no recipe (expected: RECIPE.yaml, or one of list, watch");
  }

  @Test
  void train_twoServers_isBadUsage() throws IOException {
    assertThat(run(recipe(RECIPE), "--server", "localhost:1")).isEqualTo(2);
    assertThat(err.toString()).contains("(expected: one, since a training belongs to one server)");
  }

  @Test
  void train_dataFolderOfARunningServer_isBadUsage() throws IOException {
    assertThat(run(recipe(RECIPE), "--data", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("--data with --server (expected: one of them");
  }

  @Test
  void listWatchCancelPromote_aJob_answer() throws IOException {
    assertThat(run(recipe(RECIPE))).isZero();
    String job = training.starts.peek().getTraining();

    assertThat(run("list")).isZero();
    assertThat(out.toString()).startsWith(job + ": finished");
    assertThat(run("watch", job)).isZero();
    assertThat(out.toString()).contains("Model chest is there");
    assertThat(run("promote", job, "--json")).isZero();
    assertThat(out.toString()).contains("\"model\":\"chest\",\"modelVersion\":\"abcdef\"");
    assertThat(run("cancel", job)).isZero();
    assertThat(out.toString()).startsWith(job + ": cancelled");
    assertThat(run("watch", "none")).isEqualTo(2);
    assertThat(err.toString()).contains("error: 'none' is not there");
  }

  @Test
  void progress_inWords_hasLossPaceAndTime() {
    TrainingProgress progress =
        TrainingProgress.newBuilder()
            .setStage("diffusion")
            .setStep(120)
            .setSteps(2600)
            .setLoss(0.12345)
            .setSamplesPerSecond(12.34)
            .setEta(Duration.newBuilder().setSeconds(3905))
            .build();

    assertThat(TrainWords.progress(progress))
        .isEqualTo("diffusion: step 120 of 2600, loss 0.1235, 12.3 samples/s, 1:05:05 to go");
  }

  @Test
  void standing_queuedJob_saysHowManyAreBeforeIt() {
    assertThat(
            TrainWords.standing(
                Training.newBuilder()
                    .setName("a")
                    .setState(TrainingState.TRAINING_STATE_QUEUED)
                    .setJobsAhead(2)
                    .build()))
        .isEqualTo("a: queued, jobs before it: 2");
  }

  @Test
  void standing_runningJob_saysTheStageOrThatAllAreDone() {
    Training.Builder job =
        Training.newBuilder()
            .setName("a")
            .setState(TrainingState.TRAINING_STATE_RUNNING)
            .addStages("one")
            .addStages("two")
            .setStagesFinished(1);

    assertThat(TrainWords.standing(job.build())).isEqualTo("a: running, stage 2 of 2: two");
    assertThat(TrainWords.standing(job.setStagesFinished(2).setStateReason("loading").build()))
        .isEqualTo("a: running, all 2 stages finished (loading)");
  }

  @Test
  void view_progressOfAStage_isALineNowAndThenOnly() {
    StringWriter text = new StringWriter();
    try (TrainView view = new TrainView(new PrintWriter(text, true), false, null)) {
      for (int step = 0; step < 50; step++) {
        view.accept(
            WatchTrainingResponse.newBuilder()
                .setProgress(TrainingProgress.newBuilder().setStage("s").setStep(step))
                .build());
      }
    }

    assertThat(text.toString()).isEmpty(); // none in the first ten seconds
  }

  @Test
  void cut_uploadOfATraining_isGoneOnWith() throws IOException {
    training.cuts.add(
        new FakeTraining.Cut(
            2, FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "about to stop")));

    assertThat(run(recipe(RECIPE))).isZero();

    assertThat(training.uploads)
        .extracting(start -> start.getResume().getSamples())
        .containsExactly(0L, 2L);
  }
}
