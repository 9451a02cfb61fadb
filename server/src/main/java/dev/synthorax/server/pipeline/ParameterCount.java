package dev.synthorax.server.pipeline;

import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.WeightFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Counts the numbers in a pipeline's weights, as their headers list them. */
final class ParameterCount {
  private ParameterCount() {}

  static long of(Path folder) {
    long count = 0;
    for (String part : List.of("text_encoder", "unet", "controlnet", "vae")) {
      if (Files.isDirectory(folder.resolve(part))) {
        try (var weights = ModelWeights.open(WeightFiles.find(folder.resolve(part)))) {
          count += weights.elements();
        }
      }
    }
    return count;
  }
}
