package dev.synthorax.benchmarks.polyglot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients of other languages: their own tests and the examples of docs/api.md, against one real
 * server. What a language needs is fetched into {@code target/polyglot}, the package's folder or
 * the language's caches. A language that is not there, or whose registry cannot be reached, is
 * skipped in one line.
 */
@Tag("polyglot")
@Timeout(900)
class PolyglotIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path CLIENT = ROOT.resolve("client");
  private static final Path WORK = ROOT.resolve("target/polyglot");
  private static final Path BUNDLED = ROOT.resolve("server/src/main/resources/models/cxr-mini");
  private static final Path GUIDE = ROOT.resolve("docs/api.md");

  @TempDir private static Path folder;
  private static @Nullable ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(WORK);
    Certificate.write(folder);
    Path models = folder.resolve("models");
    ServedModels.write(models);
    String data = folder.resolve("data").toString();
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.synthorax.server.Main");
    server =
        ServerProcess.start(
            new ServerCommand(command),
            List.of("--models", models.toString(), "--models", BUNDLED.toString(), "--data", data),
            Duration.ofMinutes(3),
            _ -> {});
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static String address() {
    return requireNonNull(server, "server").target();
  }

  private static Commands in(Path where) {
    return new Commands(
        where, Map.of("SYNTHORAX_ADDRESS", address(), "SYNTHORAX_TLS", folder.toString()));
  }

  /** Writes the guide's example in a language, for this server. */
  private static Path example(String language, Path folder, String name) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(GUIDE));
    assertThat(block.find()).as("a block '%s' in %s", language, GUIDE).isTrue();
    Files.createDirectories(folder);
    return Files.writeString(
        folder.resolve(name), block.group(1).replace("localhost:8001", address()));
  }

  @Test
  void python_testsTypesAndExample_pass() throws Exception {
    Commands here = in(CLIENT.resolve("python"));
    here.need("python", 3, 11, "python3", "--version");
    Path environment = WORK.resolve("python");
    here.run("python3", "-m", "venv", environment.toString());
    String python = environment.resolve("bin/python").toString();
    here.fetch(python, "-m", "pip", "install", "--quiet", "--retries", "1", ".[test]");

    String cache = WORK.resolve("mypy").toString();
    here.run(python, "-m", "mypy", "--cache-dir", cache, "-p", "synthorax");
    here.run(python, "-m", "pytest");
    Path examples = WORK.resolve("example/python");
    in(examples).run(python, example("python", examples, "example.py").toString());
  }

  @Test
  void node_testsTypesAndExample_pass() throws Exception {
    Commands here = in(CLIENT.resolve("node"));
    here.need("node", 20, 0, "node", "--version");
    here.fetch("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");

    here.run("npm", "test");
    Path examples = WORK.resolve("example/node");
    String example = example("js", examples, "example.mjs").toString();
    String client = CLIENT.resolve("node").toString();
    in(examples).run("npm", "install", "--ignore-scripts", "--no-save", client);
    in(examples).run("node", example);
  }

  @Test
  void go_testsAndExample_pass() throws Exception {
    Commands here = in(CLIENT.resolve("go"));
    here.need("go", 1, 26, "go", "version");
    here.fetch("go", "mod", "download");

    here.run("go", "vet", "./...");
    here.run("go", "test", "-count=1", "./...");
    Path examples = WORK.resolve("example/go");
    String program = examples.resolve("example").toString();
    here.run(
        "go",
        "build",
        "-buildvcs=false",
        "-o",
        program,
        example("go", examples, "main.go").toString());
    in(examples).run(program);
  }
}
