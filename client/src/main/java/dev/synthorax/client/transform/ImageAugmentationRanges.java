package dev.synthorax.client.transform;

/**
 * What an {@link ImageAugmentation} may be drawn from: the usual baseline, our choice of ranges.
 *
 * @param flipChance probability of a mirror image, 0 to 1; it shows a dextrocardia
 * @param affine of image and masks together
 * @param brightness added, in parts of the full scale, within -1 to 1
 * @param contrast factor about mid grey, within 0 to 4
 * @param gamma exponent of the grey value in 0..1, within 0.1 to 10
 * @param noise deviation of white noise, in parts of the full scale, within 0 to 1
 * @param blur deviation of the Gaussian, in pixels, within 0 to 16
 */
public record ImageAugmentationRanges(
    double flipChance,
    AffineRanges affine,
    Range brightness,
    Range contrast,
    Range gamma,
    Range noise,
    Range blur) {
  /** Geometry of {@link AffineRanges#DEFAULT}, no mirror, a tenth of brightness, and so on. */
  public static final ImageAugmentationRanges DEFAULT =
      new ImageAugmentationRanges(
          0,
          AffineRanges.DEFAULT,
          Range.of(-0.1, 0.1),
          Range.of(0.8, 1.2),
          Range.of(0.8, 1.25),
          Range.of(0, 0.02),
          Range.of(0, 1));

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if a range goes beyond what an image can bear; names its key
   */
  public ImageAugmentationRanges {
    if (!(flipChance >= 0 && flipChance <= 1)) {
      throw new IllegalArgumentException("flip-chance: " + flipChance + " (expected: 0 to 1)");
    }
    brightness.within("brightness", -1, 1);
    contrast.within("contrast", 0, 4);
    gamma.within("gamma", 0.1, 10);
    noise.within("noise", 0, 1);
    blur.within("blur", 0, 16);
  }

  /**
   * Draws an augmentation, in this order: mirror; rotation, scale, shift x, shift y, shear;
   * brightness, contrast, gamma; deviation of the noise, deviation of the blur, seed of the noise.
   */
  ImageAugmentation draw(SeedStream seeds) {
    boolean flip = seeds.unit() < flipChance;
    Affine geometry = Affine.draw(affine, flip, seeds);
    return new ImageAugmentation(
        geometry,
        seeds.in(brightness),
        seeds.in(contrast),
        seeds.in(gamma),
        seeds.in(noise),
        seeds.in(blur),
        seeds.nextLong());
  }
}
