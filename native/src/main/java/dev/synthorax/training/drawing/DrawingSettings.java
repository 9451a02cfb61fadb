package dev.synthorax.training.drawing;

import dev.synthorax.training.stage.SettingsFile;
import dev.synthorax.training.stage.StageSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the recipes of this package, from {@code recipe.json}; what a recipe does not do is
 * null.
 *
 * @param seed decides initial values, order and noise
 * @param autoencoder phases of images to latents and back, each from where the last ended
 * @param decoder phases of the way back alone, after all else; empty for none
 * @param maxTokens upper bound of the vocabulary, where there is none yet
 * @param captions what is said of a sample
 * @param structures names of the masks' channels, in order
 * @param diffusion denoising on text
 * @param control denoising on text and masks
 */
record DrawingSettings(
    long seed,
    @Nullable List<AutoencoderPhase> autoencoder,
    List<AutoencoderPhase> decoder,
    int maxTokens,
    Captions captions,
    List<String> structures,
    @Nullable Denoising diffusion,
    @Nullable Denoising control) {

  /**
   * Settings of a phase of the autoencoder: those of any stage, and the parts of its loss beside
   * the pixels' absolute error.
   *
   * @param crop side of the random square that is learned from, in pixels; 0, or as much as an
   *     image has, for the whole image
   * @param edgeWeight of the slopes' error
   * @param divergenceWeight of the mean divergence of a latent number from the standard normal
   * @param criticWeight of the critic's verdict; 0 for none
   * @param featureWeight of the difference between what the critic sees in image and
   *     reconstruction, as a share of the pixels' error; 0 for none
   */
  record AutoencoderPhase(
      long steps,
      int batchSize,
      int crop,
      double peakLearningRate,
      long warmupSteps,
      double edgeWeight,
      double divergenceWeight,
      double criticWeight,
      double featureWeight) {
    AutoencoderPhase {
      var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
      if (crop < 0
          || !(edgeWeight >= 0)
          || !(divergenceWeight >= 0)
          || !(criticWeight >= 0)
          || !(featureWeight >= 0)) {
        throw new IllegalArgumentException(
            "crop %d, edgeWeight %s, divergenceWeight %s, criticWeight %s, featureWeight %s (expected: none negative)"
                .formatted(crop, edgeWeight, divergenceWeight, criticWeight, featureWeight));
      }
    }

    StageSettings stage() {
      return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    }

    boolean hasCritic() {
      return criticWeight > 0 || featureWeight > 0;
    }
  }

  /**
   * Settings of a stage that denoises.
   *
   * @param weighting how much the noise levels count
   * @param learn the networks that learn: {@code unet}, {@code text_encoder}, {@code controlnet};
   *     the others are frozen
   */
  record Denoising(
      long steps,
      int batchSize,
      double peakLearningRate,
      long warmupSteps,
      NoiseObjective.Weighting weighting,
      List<String> learn) {
    Denoising {
      learn = List.copyOf(learn);
      var _ = new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    }

    StageSettings stage() {
      return new StageSettings(steps, batchSize, peakLearningRate, warmupSteps);
    }
  }

  private record OfAutoencoder(
      long seed, List<AutoencoderPhase> autoencoder, List<AutoencoderPhase> decoder) {}

  private record OfDiffusion(
      long seed, int maxTokens, List<Captions.Part> captions, Denoising diffusion) {}

  private record OfControl(
      long seed, List<Captions.Part> captions, List<String> structures, Denoising control) {}

  private record OfPipeline(
      long seed,
      int maxTokens,
      List<Captions.Part> captions,
      List<String> structures,
      List<AutoencoderPhase> autoencoder,
      List<AutoencoderPhase> decoder,
      Denoising diffusion,
      Denoising control) {}

  DrawingSettings {
    structures = List.copyOf(structures);
    decoder = List.copyOf(decoder);
    if (autoencoder != null && autoencoder.isEmpty()) {
      throw new IllegalArgumentException("autoencoder: no phase (expected: at least one)");
    }
    for (AutoencoderPhase phase : decoder) {
      if (phase.divergenceWeight() != 0) {
        throw new IllegalArgumentException(
            "decoder: divergenceWeight %s (expected: 0, the latents stay as they are)"
                .formatted(phase.divergenceWeight()));
      }
    }
  }

  /**
   * Reads the settings of a recipe.
   *
   * @throws IllegalArgumentException naming file and field, if one is wrong
   */
  static DrawingSettings read(Path file, DrawingRecipe.Extent extent) throws IOException {
    return switch (extent) {
      case AUTOENCODER -> {
        var s = SettingsFile.read(file, OfAutoencoder.class);
        yield new DrawingSettings(
            s.seed(),
            s.autoencoder(),
            s.decoder(),
            0,
            new Captions(List.of()),
            List.of(),
            null,
            null);
      }
      case DIFFUSION -> {
        var s = SettingsFile.read(file, OfDiffusion.class);
        yield new DrawingSettings(
            s.seed(),
            null,
            List.of(),
            s.maxTokens(),
            new Captions(s.captions()),
            List.of(),
            s.diffusion(),
            null);
      }
      case CONTROL -> {
        var s = SettingsFile.read(file, OfControl.class);
        yield new DrawingSettings(
            s.seed(),
            null,
            List.of(),
            0,
            new Captions(s.captions()),
            s.structures(),
            null,
            s.control());
      }
      case PIPELINE -> {
        var s = SettingsFile.read(file, OfPipeline.class);
        yield new DrawingSettings(
            s.seed(),
            s.autoencoder(),
            s.decoder(),
            s.maxTokens(),
            new Captions(s.captions()),
            s.structures(),
            s.diffusion(),
            s.control());
      }
    };
  }
}
