package dev.synthorax.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: the command, a server of its own, its training process, and the model. */
@Timeout(600)
class TrainCommandIT {
  private static final String RECIPE =
      """
      model: tiny
      recipe: classifier
      datasets:
        - phantom: {count: 24, size: 64}
          structures: [lungs]
      settings: {labels: [edema], steps: 4, batchSize: 4, warmupSteps: 1}
      networks:
        config: {base_channels: 4, stages: 2}
      threads: 1
      """;

  @TempDir private Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--data", folder.resolve("data").toString()));
    return SynthoraxCommand.execute(
        Map.of(ServerCommand.VARIABLE, RealServer.command()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        all.toArray(String[]::new));
  }

  @Test
  void train_tinyClassifierTwice_isTrainedOnceAndReadsFilms() throws IOException {
    Path recipe = Files.writeString(folder.resolve("tiny.yaml"), RECIPE);

    int first = run("train", recipe.toString(), "--verbose");
    String told = err.toString();
    int second = run("train", recipe.toString(), "--json");
    String answer = out.toString();
    Path film = folder.resolve("film.png");
    Files.write(film, Png.encode(GrayImage.of(40, 30, new byte[1200])));
    Path table = folder.resolve("findings.csv");
    int third = run("classify", film.toString(), "--out", table.toString());

    assertThat(first).as(told).isZero();
    assertThat(second).as(err.toString()).isZero();
    assertThat(answer).contains("\"state\":\"finished\"", "\"model\":\"tiny\"");
    assertThat(folder.resolve("data/models/tiny/1/model.onnx")).isNotEmptyFile();
    assertThat(third).as(err.toString()).isZero();
    assertThat(Files.readAllLines(table).get(1)).startsWith("film,edema,0.").endsWith(",tiny,1");
  }
}
