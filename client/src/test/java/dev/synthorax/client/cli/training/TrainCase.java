package dev.synthorax.client.cli.training;

import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.FakeTraining;
import dev.synthorax.client.cli.CommandRun;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that trains nothing, a recipe, and the command run on both. */
abstract class TrainCase {
  static final String RECIPE =
      """
      model: chest
      recipe: classifier
      datasets:
        - phantom: {count: 3, size: 64}
      settings: {steps: 5}
      """;

  @TempDir Path folder;

  final FakeServices services = new FakeServices();
  final FakeTraining training = new FakeTraining();
  StringWriter out = new StringWriter();
  StringWriter err = new StringWriter();
  private FakeServer server;

  @BeforeEach
  final void start() throws IOException {
    server = FakeServer.start(services, training);
  }

  @AfterEach
  final void end() {
    server.close();
  }

  final String target() {
    return server.target();
  }

  final String recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("chest.yaml"), text).toString();
  }

  final int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return CommandRun.execute(
        out,
        err,
        "train",
        Stream.concat(Stream.of(arguments), Stream.of("--server", target()))
            .toArray(String[]::new));
  }
}
