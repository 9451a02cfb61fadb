package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.config.ImageSize;
import dev.synthorax.server.config.PipelineConfig;
import java.util.List;

/**
 * What a loaded pipeline takes and how it runs.
 *
 * @param name of the model
 * @param version names the weights and configuration
 * @param config as read from its folder
 * @param size of its images
 * @param latents of one image
 * @param noiseSchedulers that it runs; the default first
 * @param startsFromImages whether a request may have a start image: its autoencoder reads images
 * @param maxPromptTokens tokens that reach the text encoder, start and end included
 * @param backend name, version and device that run it
 * @param rowCounts counts that passed the probe
 * @param parameters of all its networks
 * @param warnings what a person should know about how it runs here, one sentence each
 */
public record PipelineDescription(
    String name,
    String version,
    PipelineConfig config,
    ImageSize size,
    LatentShape latents,
    List<NoiseScheduler.Kind> noiseSchedulers,
    boolean startsFromImages,
    int maxPromptTokens,
    String backend,
    List<Integer> rowCounts,
    long parameters,
    List<String> warnings) {
  public PipelineDescription {
    warnings = List.copyOf(warnings);
    noiseSchedulers = List.copyOf(noiseSchedulers);
    rowCounts = List.copyOf(rowCounts);
  }

  /** Shape of one image's latents. */
  public record LatentShape(int channels, int height, int width) {
    /** Elements of one image's latents. */
    public int elements() {
      return channels * height * width;
    }
  }
}
