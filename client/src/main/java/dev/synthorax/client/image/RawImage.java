package dev.synthorax.client.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/**
 * A decoded image whose samples are as the file has them.
 *
 * <p>Pixels are read as four numbers each: red, green, blue and opacity. Grey has three equal ones.
 * Samples of more than 8 bits and grey keep their scale; an image without opacity has 0.
 *
 * @param raster its samples
 * @param picture the image around the raster; null: one band, which is grey
 * @param lossy whether the file's coding changes samples
 * @param unsigned whether grey samples of 32 bits have no sign, which the raster cannot say
 */
record RawImage(Raster raster, @Nullable BufferedImage picture, boolean lossy, boolean unsigned) {
  /** Numbers a pixel. */
  static final int BANDS = 4;

  private static final int COLOURS = 3;

  RawImage(BufferedImage picture, boolean lossy) {
    this(picture.getRaster(), picture, lossy, false);
  }

  int width() {
    return raster.getWidth();
  }

  int height() {
    return raster.getHeight();
  }

  /** Returns whether pixels have an opacity. */
  boolean hasOpacity() {
    return picture != null && picture.getColorModel().hasAlpha();
  }

  /**
   * Reads a row.
   *
   * @param pixels {@code BANDS * width} numbers; filled
   */
  void readRow(int y, double[] pixels) {
    BufferedImage image = picture;
    if (image == null) {
      readGrey(y, pixels, false);
      return;
    }
    ColorModel model = image.getColorModel();
    boolean grey = model.getNumColorComponents() == 1 && !(model instanceof IndexColorModel);
    if (grey) { // the samples themselves: getRGB would apply a gamma to grey
      readGrey(y, pixels, model.hasAlpha());
    } else if (model.getNumColorComponents() == COLOURS
        && raster.getSampleModel().getSampleSize(0) > Byte.SIZE) {
      readDeepColours(y, pixels, model.hasAlpha());
    } else {
      readColours(image, y, pixels);
    }
  }

  private void readGrey(int y, double[] pixels, boolean opacity) {
    for (int x = 0; x < width(); x++) {
      double sample = sample(x, y);
      pixels[BANDS * x] = sample;
      pixels[BANDS * x + 1] = sample;
      pixels[BANDS * x + 2] = sample;
      pixels[BANDS * x + 3] = opacity ? raster.getSampleDouble(x, y, 1) : 0;
    }
  }

  private double sample(int x, int y) {
    return unsigned && raster.getDataBuffer().getDataType() == DataBuffer.TYPE_INT
        ? Integer.toUnsignedLong(raster.getSample(x, y, 0))
        : raster.getSampleDouble(x, y, 0);
  }

  private void readDeepColours(int y, double[] pixels, boolean opacity) {
    for (int x = 0; x < width(); x++) {
      for (int band = 0; band < BANDS; band++) {
        boolean there = band < COLOURS || opacity;
        pixels[BANDS * x + band] = there ? raster.getSampleDouble(x, y, band) : 0;
      }
    }
  }

  private void readColours(BufferedImage image, int y, double[] pixels) {
    int[] row = image.getRGB(0, y, width(), 1, null, 0, width());
    boolean opacity = hasOpacity();
    for (int x = 0; x < row.length; x++) {
      int argb = row[x];
      pixels[BANDS * x] = argb >> 16 & 0xFF;
      pixels[BANDS * x + 1] = argb >> 8 & 0xFF;
      pixels[BANDS * x + 2] = argb & 0xFF;
      pixels[BANDS * x + 3] = opacity ? argb >>> 24 : 0;
    }
  }
}
