package dev.synthorax.server.pictures;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** The image that a request's images start from. */
public final class StartImage {
  private final float[] pixels;
  private final String sha256;
  private final double strength;
  private final @Nullable Redrawn redrawn;

  /**
   * A start.
   *
   * @param pixels grey, -1..1, row-major, of the model's size; handed over
   * @param sha256 lower-case hexadecimal hash of the PNG
   * @param strength above 0, at most 1: the share of the inference steps that is taken, from the
   *     end
   * @param redrawn null: all of it is drawn anew
   */
  StartImage(float[] pixels, String sha256, double strength, @Nullable Redrawn redrawn) {
    this.pixels = pixels;
    this.sha256 = requireNonNull(sha256, "sha256");
    this.strength = strength;
    this.redrawn = redrawn;
  }

  /** The part of an image that is drawn anew; the rest stays. */
  public static final class Redrawn {
    private final float[] pixels;
    private final MaskCondition.Given given;

    /**
     * A part.
     *
     * @param pixels 1 inside, row-major, of the model's size; handed over
     */
    Redrawn(float[] pixels, MaskCondition.Given given) {
      this.pixels = pixels;
      this.given = given;
    }

    /** What it was made from. */
    public MaskCondition.Given given() {
      return given;
    }

    /**
     * The same for each latent, as its first pixel says.
     *
     * @param factor pixels of a latent's side
     * @return {@code [channels, height, width]}
     */
    public float[] latents(int channels, int height, int width, int factor) {
      float[] latents = new float[channels * height * width];
      for (int i = 0; i < latents.length; i++) {
        int y = i / width % height;
        int x = i % width;
        latents[i] = pixels[y * factor * width * factor + x * factor];
      }
      return latents;
    }
  }

  StartImage redrawing(Redrawn region) {
    return new StartImage(pixels, sha256, strength, region);
  }

  /** Shared: never written. */
  public float[] pixels() {
    return pixels;
  }

  /** Lower-case hexadecimal hash of its PNG. */
  public String sha256() {
    return sha256;
  }

  /** What of it is drawn anew; null: all. */
  public @Nullable Redrawn redrawn() {
    return redrawn;
  }

  /** Above 0, at most 1: the share of the inference steps that is taken, from the end. */
  public double strength() {
    return strength;
  }
}
