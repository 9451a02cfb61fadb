package dev.synthorax.diffusion;

/**
 * Where latents lie on the way from noise to an image: an image that is known lies there as {@code
 * image} times itself plus {@code noise} times standard normal noise.
 *
 * @param image of the image; 1 where latents are the image plus noise
 * @param noise of the noise
 */
public record NoiseLevel(double image, double noise) {
  /** The image itself. */
  public static final NoiseLevel IMAGE_ALONE = new NoiseLevel(1, 0);

  /** Of latents whose variance stays, {@code sqrt(ac) image + sqrt(1 - ac) noise}. */
  static NoiseLevel ofAlphaCumprod(double alphaCumprod) {
    return new NoiseLevel(Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod));
  }
}
