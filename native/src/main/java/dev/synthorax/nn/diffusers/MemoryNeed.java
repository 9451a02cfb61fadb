package dev.synthorax.nn.diffusers;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.UNet2DConditionConfig;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What a pipeline takes at least, from its configurations alone: its weights, and the largest
 * single value that a pass makes, which is FP32 in any precision (the scores of attention and what
 * a normalisation reads). A model that cannot fit is refused before it takes the memory of the
 * others.
 *
 * @param weights bytes of all weights
 * @param attention bytes of the largest attention scores of the U-Net
 * @param image bytes of the decoder's largest value
 */
public record MemoryNeed(double weights, double attention, double image) {
  /** Where it has to fit, for the sentence and in bytes. */
  public record Room(String name, double bytes) {
    /** This machine, or the container that the process runs in. */
    public static Room machine() {
      var system = ManagementFactory.getOperatingSystemMXBean();
      return new Room(
          "this machine",
          system instanceof com.sun.management.OperatingSystemMXBean machine
              ? machine.getTotalMemorySize()
              : Double.POSITIVE_INFINITY);
    }
  }

  /**
   * The need.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   * @param rows most rows of the U-Net
   * @param images most rows of the decoder
   * @param precision of the weights
   */
  public static MemoryNeed of(
      DiffusersFolder folder, int height, int width, int rows, int images, Precision precision) {
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
        (double) folder.weightElements() * precision.dataType().bytes(),
        attention * rows * Float.BYTES,
        image * images * Float.BYTES);
  }

  /**
   * Refuses a pipeline that does not fit.
   *
   * @param size of the image, for the sentence
   * @throws InferenceException {@code MODEL_FAILED} in one line
   */
  public void requireWithin(Room room, DiffusersFolder folder, String size) {
    require(room, folder, "the weights", weights, "a smaller model");
    String what = "at %s the U-Net's attention".formatted(size);
    require(room, folder, what, attention, "a smaller size or smaller row-counts");
    what = "at %s the decoder".formatted(size);
    require(room, folder, what, image, "a smaller size or smaller decoder-row-counts");
  }

  private static void require(
      Room room, DiffusersFolder folder, String what, double bytes, String expected) {
    if (bytes > room.bytes()) {
      throw folder
          .settings()
          .failed(
              String.format(
                  Locale.ROOT,
                  "%s alone would take %.1f GB of memory (expected: less than the %.1f GB of %s;"
                      + " %s)",
                  what,
                  bytes / 1e9,
                  room.bytes() / 1e9,
                  room.name(),
                  expected),
              null);
    }
  }
}
