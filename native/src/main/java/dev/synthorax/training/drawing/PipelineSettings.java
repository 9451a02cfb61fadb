package dev.synthorax.training.drawing;

import dev.synthorax.training.stage.StageSettings;
import java.util.List;

/**
 * Settings of a pipeline's training, from {@code recipe.json}.
 *
 * @param seed decides initial values, order and noise
 * @param maxTokens upper bound of the vocabulary
 * @param autoencoder phases of images to latents and back, each from where the last ended
 * @param diffusion U-Net and text encoder on text alone
 * @param control U-Net, text encoder and ControlNet on text and masks
 * @param layout the same, with noisy rows counting fully
 */
record PipelineSettings(
    long seed,
    int maxTokens,
    List<AutoencoderPhase> autoencoder,
    StageSettings diffusion,
    StageSettings control,
    StageSettings layout) {
  PipelineSettings {
    autoencoder = List.copyOf(autoencoder);
    if (autoencoder.isEmpty()) {
      throw new IllegalArgumentException("autoencoder: no phase (expected: at least one)");
    }
  }

  /**
   * Settings of a phase of the autoencoder: those of any stage, and one more.
   *
   * @param edgeWeight weight of the edges' error beside the pixels'
   */
  record AutoencoderPhase(
      long steps, int batchSize, double peakLearningRate, long warmupSteps, double edgeWeight) {
    AutoencoderPhase {
      var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    }

    StageSettings stage() {
      return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    }
  }
}
