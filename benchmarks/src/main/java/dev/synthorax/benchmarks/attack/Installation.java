package dev.synthorax.benchmarks.attack;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A built checkout whose server can be started. It is only read.
 *
 * @param home absolute; holds the launcher
 */
record Installation(Path home) {
  private static final String LAUNCHER = "synthorax";

  /** Takes a folder; throws IllegalArgumentException where it holds no built launcher. */
  static Installation of(Path folder) {
    Path home = folder.toAbsolutePath().normalize();
    if (!Files.isRegularFile(home.resolve(LAUNCHER))
        || !Files.isRegularFile(home.resolve("server/target/classpath.txt"))) {
      throw new IllegalArgumentException(
          home + ": no built installation (expected: a checkout where ./synthorax has run)");
    }
    return new Installation(home);
  }

  /** The checkout that this class was built in. */
  static Installation own() throws URISyntaxException {
    Path jar =
        Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return of(jar.resolve("../../..")); // benchmarks/target/NAME.jar
  }

  Path launcher() {
    return home.resolve(LAUNCHER);
  }

  /** The bundled pipeline in its sources, to make other folders from. */
  Path bundledModel() {
    return home.resolve("server/src/main/resources/models/cxr-mini");
  }

  /** Its commit, with a plus where something is changed; the folder's name where git knows none. */
  String label() throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder(
                "git", "-C", home.toString(), "describe", "--always", "--dirty=+", "--match", "")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return git.waitFor() == 0 && !commit.isEmpty() ? commit : String.valueOf(home.getFileName());
  }
}
