package dev.synthorax.training.tuning;

import dev.synthorax.training.stage.StageSettings;
import java.util.List;

/**
 * Settings of a tuning by a reader, from {@code recipe.json}.
 *
 * @param seed decides order and noise
 * @param learn folders of the networks that learn: {@code unet}, {@code controlnet}
 * @param diffusionWeight of the diffusion loss, so that images stay images
 * @param proxyWeight of the reader's loss; 0: a run to compare with
 * @param minTimestep least time step whose one-step estimate the reader sees
 * @param maxTimestep largest one: estimates from noisier latents are blurred
 * @param drop how often the rows go without a condition
 */
record ProxySettings(
    long seed,
    long steps,
    int batchSize,
    double peakLearningRate,
    long warmupSteps,
    List<String> learn,
    double diffusionWeight,
    double proxyWeight,
    int minTimestep,
    int maxTimestep,
    Conditions.Drop drop) {
  ProxySettings {
    learn = List.copyOf(learn);
    var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    if (!(diffusionWeight >= 0 && proxyWeight >= 0 && diffusionWeight + proxyWeight > 0)) {
      throw new IllegalArgumentException(
          "diffusionWeight %s, proxyWeight %s (expected: at least 0, not both 0)"
              .formatted(diffusionWeight, proxyWeight));
    }
    if (minTimestep < 0 || maxTimestep < minTimestep) {
      throw new IllegalArgumentException(
          "minTimestep %d, maxTimestep %d (expected: at least 0, the first at most the second)"
              .formatted(minTimestep, maxTimestep));
    }
  }

  StageSettings stage() {
    return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
  }
}
