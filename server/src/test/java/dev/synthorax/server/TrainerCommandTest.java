package dev.synthorax.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.training.Recipes;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainerCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int execute(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int train(String recipe, String... more) {
    String[] arguments = {
      "trainer",
      recipe,
      "--shards=" + folder.resolve("shards"),
      "--work=" + folder.resolve("work"),
      "--out=" + folder.resolve("out")
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return execute(all);
  }

  @Test
  void help_everyRecipe_isListed() {
    int code = execute("trainer", "--help");

    assertThat(code).isZero();
    assertThat(out.toString()).contains(Recipes.summaries().keySet());
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void train_unknownRecipe_exitsWith2AndListsThem() {
    int code = train("cxr-maxi");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "synthorax trainer: recipe: cxr-maxi (expected: one of %s)\n"
                .formatted(String.join(", ", Recipes.summaries().keySet())));
  }

  @Test
  void train_json_failureIsAnEventToo() {
    int code = train("cxr-maxi", "--json");

    assertThat(code).isEqualTo(2);
    assertThat(out.toString().lines().map(TrainingEvent::parse))
        .containsExactly(
            new TrainingEvent.Failed(
                "recipe: cxr-maxi (expected: one of %s)"
                    .formatted(String.join(", ", Recipes.summaries().keySet()))));
  }

  @Test
  void train_wrongWeightOrRole_exitsWith2() {
    int weight = train("segmenter", "--shards=films:often");
    int negative = train("segmenter", "--shards=films:-1");
    int role = train("segmenter", "--model=bass=" + folder);

    assertThat(weight).isEqualTo(2);
    assertThat(negative).isEqualTo(2);
    assertThat(role).isEqualTo(2);
    assertThat(err.toString())
        .contains("'often' is no weight (expected: a positive number, as in films:2)")
        .contains("films: weight -1.0 (expected: a positive number)")
        .contains("models of segmenter: unknown: bass");
  }

  @Test
  void convert_source_isAFolderAndPerhapsAWeight() {
    var option = new TrainerCommand.SourceOption();

    assertThat(option.convert("a/b")).isEqualTo(new SampleSource(Path.of("a/b"), 1));
    assertThat(option.convert("a/b:2.5")).isEqualTo(new SampleSource(Path.of("a/b"), 2.5));
    assertThat(option.convert("a:b/c")).isEqualTo(new SampleSource(Path.of("a:b/c"), 1));
  }

  @Test
  void train_outIsSomethingElse_exitsWith2InOneLine() throws IOException {
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/letter.txt"), "dear");

    int code = train("segmenter");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("out: there is something that no training run published");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void inWords_progress_isWhatPeopleRead() {
    assertThat(TrainerCommand.inWords(new TrainingEvent.Progress("control", 3, 9, 0.5, 12.34)))
        .isEqualTo("control 3/9 loss 0.50000 12.3 samples/s");
    assertThat(TrainerCommand.inWords(new TrainingEvent.Progress("latents", 3, 9, null, 12.34)))
        .isEqualTo("latents 3/9 12.3 samples/s");
    assertThat(TrainerCommand.inWords(new TrainingEvent.Resumed("control", 3, 9, null)))
        .isEqualTo("control goes on at 3/9");
    assertThat(TrainerCommand.inWords(new TrainingEvent.Resumed("control", 3, 9, "2 threads")))
        .endsWith("last bits may differ: 2 threads");
    assertThat(
            TrainerCommand.inWords(
                new TrainingEvent.Metrics(
                    "control", 3, new TreeMap<>(Map.of("psnr", 31.25, "dice", 0.5)))))
        .isEqualTo("control 3: dice 0.5000, psnr 31.25");
  }
}
