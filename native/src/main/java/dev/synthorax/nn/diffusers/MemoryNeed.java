package dev.synthorax.nn.diffusers;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.UNet2DConditionConfig;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What a pipeline takes at least, from its configurations alone: FP32 weights, and the largest
 * single value that a pass makes. A model that cannot fit is refused before it takes the memory of
 * the others.
 *
 * @param weights bytes of all weights
 * @param attention bytes of the largest attention scores of the U-Net
 * @param image bytes of the decoder's largest value
 */
public record MemoryNeed(double weights, double attention, double image) {
  /**
   * Refuses a pipeline that this machine cannot hold.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   * @param rows most rows of the U-Net
   * @param images most rows of the decoder
   * @throws InferenceException {@code MODEL_FAILED} in one line
   */
  public static void requireFits(
      DiffusersFolder folder, int height, int width, int rows, int images) {
    of(folder, height, width, rows, images)
        .requireWithin(folder, width + "x" + height, machineBytes());
  }

  /**
   * The need.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   * @param rows most rows of the U-Net
   * @param images most rows of the decoder
   */
  static MemoryNeed of(DiffusersFolder folder, int height, int width, int rows, int images) {
    AutoencoderConfig vae = folder.autoencoder();
    UNet2DConditionConfig unet = folder.unet();
    double pixels = (double) height * width;
    double latents = pixels / vae.spatialFactor() / vae.spatialFactor();
    double attention = 0;
    int levels = unet.trunk().levels();
    for (int level = 0; level < levels; level++) {
      boolean attends =
          level == levels - 1 // the middle attends
              || unet.trunk().crossAttention().get(level)
              || unet.upCrossAttention().get(levels - 1 - level);
      if (attends) {
        double tokens = latents / Math.pow(4, level);
        attention = Math.max(attention, tokens * tokens * unet.trunk().heads().get(level));
      }
    }
    double image = pixels * vae.blockOutChannels().getFirst();
    if (vae.midBlockAttention()) {
      image = Math.max(image, latents * latents);
    }
    return new MemoryNeed(
        (double) folder.weightElements() * Float.BYTES,
        attention * rows * Float.BYTES,
        image * images * Float.BYTES);
  }

  /**
   * Checks the need.
   *
   * @param machineBytes what there is
   * @throws InferenceException {@code MODEL_FAILED} in one line
   */
  void requireWithin(DiffusersFolder folder, String size, double machineBytes) {
    require(folder, "the weights", weights, "a smaller model", machineBytes);
    String what = "at %s the U-Net's attention".formatted(size);
    require(folder, what, attention, "a smaller size or smaller row-counts", machineBytes);
    what = "at %s the decoder".formatted(size);
    require(folder, what, image, "a smaller size or smaller decoder-row-counts", machineBytes);
  }

  private static void require(
      DiffusersFolder folder, String what, double bytes, String expected, double machineBytes) {
    if (bytes > machineBytes) {
      throw folder
          .settings()
          .failed(
              String.format(
                  Locale.ROOT,
                  "%s alone would take %.1f GB of memory (expected: less than the %.1f GB of this"
                      + " machine; %s)",
                  what,
                  bytes / 1e9,
                  machineBytes / 1e9,
                  expected),
              null);
    }
  }

  /** Memory of this machine, or of the container that the process runs in. */
  static double machineBytes() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Double.POSITIVE_INFINITY;
  }
}
