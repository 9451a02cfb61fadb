package dev.synthorax.server.pipeline;

import dev.synthorax.nn.weights.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Counts the numbers in a pipeline's weights, as their headers list them. */
final class ParameterCount {
  private ParameterCount() {}

  static long of(Path folder) {
    long count = 0;
    try {
      for (String part : List.of("text_encoder", "unet", "controlnet", "vae")) {
        for (Path file : weights(folder.resolve(part))) {
          count += inFile(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count;
  }

  /** One file a network: where a folder holds several precisions, the first by name. */
  private static List<Path> weights(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".safetensors")).sorted().limit(1).toList();
    }
  }

  private static long inFile(Path file) {
    try (var tensors = SafetensorsFile.open(file)) {
      long count = 0;
      for (String name : tensors.names()) {
        count += tensors.tensor(name).elements();
      }
      return count;
    }
  }
}
