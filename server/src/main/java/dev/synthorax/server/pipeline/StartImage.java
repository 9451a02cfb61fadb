package dev.synthorax.server.pipeline;

import static java.util.Objects.requireNonNull;

/** The image that a request's images start from. */
public final class StartImage {
  private final float[] pixels;
  private final String sha256;
  private final double strength;

  /**
   * A start.
   *
   * @param pixels grey, -1..1, row-major, of the model's size; handed over
   * @param sha256 lower-case hexadecimal hash of the PNG
   * @param strength above 0, at most 1: the share of the inference steps that is taken, from the
   *     end
   */
  StartImage(float[] pixels, String sha256, double strength) {
    this.pixels = pixels;
    this.sha256 = requireNonNull(sha256, "sha256");
    this.strength = strength;
  }

  /** Shared: never written. */
  float[] pixels() {
    return pixels;
  }

  String sha256() {
    return sha256;
  }

  double strength() {
    return strength;
  }
}
