package dev.synthorax.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.training.Recipes;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
            "synthorax trainer: recipe: cxr-maxi (expected: one of cxr-mini, segmenter,"
                + " classifier)\n");
  }

  @Test
  void train_json_failureIsAnEventToo() {
    int code = train("cxr-maxi", "--json");

    assertThat(code).isEqualTo(2);
    assertThat(out.toString().lines().map(TrainingEvent::parse))
        .containsExactly(
            new TrainingEvent.Failed(
                "recipe: cxr-maxi (expected: one of cxr-mini, segmenter, classifier)"));
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
  }
}
