package dev.synthorax.server.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The golden pipeline of diffusers in a folder of its own: real networks, a millisecond a step. */
public final class TinyPipeline {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/diffusers-pipeline/model");

  private TinyPipeline() {}

  /**
   * Copies it.
   *
   * @param folder made if missing
   * @param settings what its {@code synthorax.yaml} says; 3 mask channels, sides that divide by 16
   */
  public static Path write(Path folder, String settings) throws IOException {
    try (var files = Files.walk(GOLDEN)) {
      for (Path file : files.toList()) {
        Path target = folder.resolve(GOLDEN.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    Files.writeString(folder.resolve("synthorax.yaml"), settings);
    return folder;
  }
}
