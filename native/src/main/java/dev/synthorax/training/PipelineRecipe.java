package dev.synthorax.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Numbers of a pipeline's training, from {@code recipe.json}.
 *
 * @param seed decides initial values, order and noise
 * @param maxTokens upper bound of the vocabulary
 * @param autoencoder images to latents and back
 * @param diffusion U-Net and text encoder on text alone
 * @param control U-Net, text encoder and ControlNet on text and masks
 */
record PipelineRecipe(long seed, int maxTokens, Stage autoencoder, Stage diffusion, Stage control) {
  /**
   * Numbers of a stage.
   *
   * @param steps updates
   * @param batchSize samples of an update
   * @param peakLearningRate highest rate
   * @param warmupSteps updates until it
   */
  record Stage(long steps, int batchSize, double peakLearningRate, long warmupSteps) {
    Stage {
      if (steps < 1 || batchSize < 1) {
        throw new IllegalArgumentException(
            "steps %d, batchSize %d (expected: at least 1)".formatted(steps, batchSize));
      }
    }

    LearningRate rate() {
      return new LearningRate(peakLearningRate, warmupSteps, steps);
    }

    static Stage of(JsonNode json) {
      return new Stage(
          json.required("steps").asLong(),
          json.required("batchSize").asInt(),
          json.required("peakLearningRate").asDouble(),
          json.required("warmupSteps").asLong());
    }
  }

  /**
   * Reads a recipe.
   *
   * @throws IllegalArgumentException if a field is missing or out of range
   */
  static PipelineRecipe read(Path file) throws IOException {
    JsonNode json = new ObjectMapper().readTree(Files.readString(file));
    return new PipelineRecipe(
        json.required("seed").asLong(),
        json.required("maxTokens").asInt(),
        Stage.of(json.required("autoencoder")),
        Stage.of(json.required("diffusion")),
        Stage.of(json.required("control")));
  }
}
