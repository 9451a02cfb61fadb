package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An 8-bit grey image, row by row from the top left; 0 is black, 255 white.
 *
 * <p>Owns its pixels: they are copied on the way in and out, so an image never changes.
 */
public final class GrayImage {
  private final int width;
  private final int height;
  private final byte[] pixels;

  private GrayImage(int width, int height, byte[] pixels) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /**
   * Copies {@code pixels} into an image.
   *
   * @param width pixels in a row, at least 1
   * @param height rows, at least 1
   * @param pixels {@code width * height} unsigned bytes, row by row
   * @throws IllegalArgumentException if a side is below 1 or the length is not {@code width *
   *     height}
   */
  public static GrayImage of(int width, int height, byte[] pixels) {
    requireNonNull(pixels, "pixels");
    requireLength(width, height, pixels.length);
    return new GrayImage(width, height, pixels.clone());
  }

  static void requireLength(int width, int height, int length) {
    if (width < 1 || height < 1 || (long) width * height != length) {
      throw new IllegalArgumentException(
          "image: "
              + width
              + " x "
              + height
              + " with "
              + length
              + " pixels (expected: width * height)");
    }
  }

  /** Returns the pixels in a row. */
  public int width() {
    return width;
  }

  /** Returns the number of rows. */
  public int height() {
    return height;
  }

  /** Returns the grey value, 0..255, at column {@code x} of row {@code y}. */
  public int at(int x, int y) {
    return pixels[y * width + x] & 0xFF;
  }

  /** Returns a copy of the pixels, {@code width * height} unsigned bytes, row by row. */
  public byte[] toBytes() {
    return pixels.clone();
  }

  /**
   * Returns this image at another size: the mean of the covered area where it shrinks, bilinear
   * where it grows.
   *
   * @param newWidth pixels in a row, at least 1
   * @param newHeight rows, at least 1
   * @throws IllegalArgumentException if a side is below 1
   */
  public GrayImage resize(int newWidth, int newHeight) {
    if (newWidth < 1 || newHeight < 1) {
      throw new IllegalArgumentException(
          "size: " + newWidth + " x " + newHeight + " (expected: both sides >= 1)");
    }
    double[] both = PixelResampling.resize(pixels, width, height, newWidth, newHeight);
    byte[] result = new byte[newWidth * newHeight];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) (int) (both[i] + 0.5);
    }
    return new GrayImage(newWidth, newHeight, result);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GrayImage that
        && width == that.width
        && height == that.height
        && Arrays.equals(pixels, that.pixels);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(pixels);
  }

  @Override
  public String toString() {
    return "GrayImage[" + width + " x " + height + "]";
  }
}
