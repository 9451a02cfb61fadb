package dev.synthorax.client.cli.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeReadings;
import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.cli.SynthoraxCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A fake server, and commands run on it. */
abstract class GenerateCase {
  @TempDir Path temp;

  final FakeServices fake = new FakeServices();
  final FakeReadings readings = new FakeReadings();
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  @SuppressWarnings("NullAway.Init") // started before each test
  private FakeServer server;

  @BeforeEach
  final void open() throws IOException {
    server = FakeServer.start(fake, readings.services());
  }

  @AfterEach
  final void close() {
    server.close();
  }

  /** Runs a command that is given no server. */
  final int run(String... args) {
    return run(Map.of(), args);
  }

  final int run(Map<String, String> environment, String... args) {
    return SynthoraxCommand.execute(
        environment, new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  /** Runs a command on the fake. */
  final int runOnFake(String... args) {
    return run(
        Stream.concat(Stream.of(args), Stream.of("--server", server.target()))
            .toArray(String[]::new));
  }

  static List<JsonNode> manifest(Path folder) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("manifest.jsonl"))) {
      lines.add(new JsonMapper().readTree(line));
    }
    return lines;
  }

  /**
   * Returns the files that must be the same on every run, by name; the report tells times and is
   * not among them.
   */
  static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.equals("report.html")) {
          contents.put(name, Arrays.toString(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }
}
