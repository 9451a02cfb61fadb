package dev.synthorax.server.png;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * A decoded image whose pixels are numbers that can be told apart: red, green, blue and opacity as
 * the file has them, 16 bits each, red highest. Grey is three equal colours. An image without
 * opacity is opaque everywhere.
 */
public final class MaskPixels {
  private static final int OPAQUE = 0xFFFF;

  private final Raster raster;
  private final int width;
  private final int height;
  private final boolean opacity;
  private final boolean grey;
  private final long[] palette; // empty: the samples are the colours
  private int[] samples = new int[0];

  /** Pixels of an image, which is read as they are asked for. */
  public MaskPixels(BufferedImage image) {
    ColorModel colours = image.getColorModel();
    raster = image.getRaster();
    width = image.getWidth();
    height = image.getHeight();
    opacity = colours.hasAlpha();
    grey = colours.getNumColorComponents() == 1;
    palette = colours instanceof IndexColorModel index ? palette(index) : new long[0];
  }

  private static long[] palette(IndexColorModel index) {
    long[] values = new long[index.getMapSize()];
    for (int i = 0; i < values.length; i++) {
      int alpha = index.hasAlpha() ? index.getAlpha(i) : OPAQUE;
      values[i] = value(index.getRed(i), index.getGreen(i), index.getBlue(i), alpha);
    }
    return values;
  }

  /** A pixel of four numbers below 65,536. */
  public static long value(long red, long green, long blue, long alpha) {
    return red << 48 | green << 32 | blue << 16 | alpha;
  }

  /** Its red, below 65,536. */
  public static int red(long value) {
    return (int) (value >>> 48);
  }

  /** Its green, below 65,536. */
  public static int green(long value) {
    return (int) (value >>> 32) & 0xFFFF;
  }

  /** Its blue, below 65,536. */
  public static int blue(long value) {
    return (int) (value >>> 16) & 0xFFFF;
  }

  /** Its opacity, below 65,536. */
  public static int alpha(long value) {
    return (int) value & 0xFFFF;
  }

  /** Pixels of each row. */
  public int width() {
    return width;
  }

  /** Rows of the mask. */
  public int height() {
    return height;
  }

  /** Whether the file gives its pixels an opacity. */
  public boolean hasOpacity() {
    return opacity;
  }

  /** Reads a row of {@link #width} values. */
  public void row(int y, long[] values) {
    samples = raster.getPixels(0, y, width, 1, samples.length == 0 ? null : samples);
    int bands = raster.getNumBands();
    for (int x = 0; x < width; x++) {
      values[x] = value(x * bands);
    }
  }

  private long value(int at) {
    if (palette.length > 0) {
      return palette[Math.min(samples[at], palette.length - 1)];
    }
    if (grey) {
      int sample = samples[at];
      return value(sample, sample, sample, opacity ? samples[at + 1] : OPAQUE);
    }
    return value(samples[at], samples[at + 1], samples[at + 2], opacity ? samples[at + 3] : OPAQUE);
  }
}
