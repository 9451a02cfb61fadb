package dev.synthorax.client.transform;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One classical augmentation of an image: a plane map of image, masks and boxes, then blur, then
 * gamma, contrast and brightness, then white noise. The baseline that synthetic images must beat.
 *
 * @param affine about the image's centre
 * @param brightness added, in parts of the full scale
 * @param contrast factor about mid grey
 * @param gamma exponent of the grey value in 0..1
 * @param noise deviation, in parts of the full scale
 * @param blur deviation of the Gaussian, in pixels; 0: none
 * @param noiseSeed of the noise, pixel by pixel, row by row
 */
public record ImageAugmentation(
    Affine affine,
    double brightness,
    double contrast,
    double gamma,
    double noise,
    double blur,
    long noiseSeed) {

  /** Refuses to be without a map, with {@link NullPointerException}. */
  public ImageAugmentation {
    requireNonNull(affine, "affine");
  }

  /** Draws an augmentation from a seed; the order of draws is that of the ranges. */
  public static ImageAugmentation draw(ImageAugmentationRanges ranges, long seed) {
    return ranges.draw(SeedStream.of(seed));
  }

  /**
   * Returns the sample after the augmentation; the same bytes on every JVM. A mirror image also
   * swaps left and right in text and attributes, and the masks of the two lungs.
   *
   * @throws IllegalArgumentException if the sample is not of the training split
   */
  public Sample apply(Sample sample) {
    TransformDraw.requireTraining(sample.info());
    int width = sample.image().width();
    int height = sample.image().height();
    MaskTransform transform = new MaskTransform(affine, null, Map.of());
    Affine.Matrix matrix = transform.matrix(width, height);
    double[] grey = Warp.of(width, height, matrix, null).apply(sample.image());
    grey = Blur.gaussian(grey, width, height, blur);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    masks.putAll(transform.apply(sample.masks()));
    return new Sample(
        info(sample.info(), width, height), GrayImage.of(width, height, develop(grey)), masks);
  }

  /**
   * Returns what the tables say of an image after the augmentation.
   *
   * @param width of the image, in pixels
   * @param height of the image, in pixels
   */
  public ImageInfo info(ImageInfo info, int width, int height) {
    Affine.Matrix matrix = affine.about(width / 2.0, height / 2.0, width, height);
    List<Box> boxes = new ArrayList<>();
    for (Box box : info.boxes()) {
      Box moved = Mirror.box(box, matrix, width, height);
      if (moved != null) {
        boxes.add(moved);
      }
    }
    ImageInfo words = affine.flip() ? Mirror.info(info) : info;
    return words.toBuilder().boxes(boxes).build();
  }

  private byte[] develop(double[] grey) {
    SeedStream seeds = SeedStream.of(noiseSeed);
    byte[] pixels = new byte[grey.length];
    for (int i = 0; i < grey.length; i++) {
      double value = StrictMath.pow(Math.max(0, grey[i] / 255), gamma);
      value = (value - 0.5) * contrast + 0.5 + brightness + noise * seeds.normal();
      pixels[i] = (byte) (int) (Math.max(0, Math.min(1, value)) * 255 + 0.5);
    }
    return pixels;
  }

  /** Returns all that {@link #ofParameters} needs to make it again, ready for JSON. */
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>(affine.parameters());
    parameters.put("brightness", brightness);
    parameters.put("contrast", contrast);
    parameters.put("gamma", gamma);
    parameters.put("noise", noise);
    parameters.put("blur", blur);
    parameters.put("noiseSeed", new BigInteger(Long.toUnsignedString(noiseSeed)));
    return parameters;
  }

  /**
   * Returns the augmentation of a parameter map, as {@link #parameters} gives it or as it comes
   * back from JSON.
   *
   * @throws IllegalArgumentException if a number is missing
   */
  public static ImageAugmentation ofParameters(Map<String, ?> parameters) {
    return new ImageAugmentation(
        Affine.ofParameters(parameters),
        Parameters.number(parameters, "brightness"),
        Parameters.number(parameters, "contrast"),
        Parameters.number(parameters, "gamma"),
        Parameters.number(parameters, "noise"),
        Parameters.number(parameters, "blur"),
        Parameters.value(parameters, "noiseSeed").longValue());
  }
}
