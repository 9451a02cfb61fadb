package dev.synthorax.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of a pipeline's training, from {@code recipe.json}.
 *
 * @param seed decides initial values, order and noise
 * @param maxTokens upper bound of the vocabulary
 * @param autoencoder phases of images to latents and back, each from where the last ended
 * @param diffusion U-Net and text encoder on text alone
 * @param control U-Net, text encoder and ControlNet on text and masks
 * @param layout the same, with noisy rows counting fully
 */
record PipelineRecipe(
    long seed,
    int maxTokens,
    List<AutoencoderPhase> autoencoder,
    Stage diffusion,
    Stage control,
    Stage layout) {
  PipelineRecipe {
    autoencoder = List.copyOf(autoencoder);
    if (autoencoder.isEmpty()) {
      throw new IllegalArgumentException("autoencoder: no phase (expected: at least one)");
    }
  }

  /**
   * Numbers of a phase of the autoencoder.
   *
   * @param stage as of any stage
   * @param edgeWeight weight of the edges' error beside the pixels'
   */
  record AutoencoderPhase(Stage stage, double edgeWeight) {
    private static AutoencoderPhase of(JsonNode json) {
      return new AutoencoderPhase(Stage.of(json), json.required("edgeWeight").asDouble());
    }
  }

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
    var phases = new ArrayList<AutoencoderPhase>();
    json.required("autoencoder").forEach(phase -> phases.add(AutoencoderPhase.of(phase)));
    return new PipelineRecipe(
        json.required("seed").asLong(),
        json.required("maxTokens").asInt(),
        phases,
        Stage.of(json.required("diffusion")),
        Stage.of(json.required("control")),
        Stage.of(json.required("layout")));
  }
}
