package dev.synthorax.client.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Images that the readers of the Java runtime decode, brought to 8-bit grey. */
final class JdkImage {
  /** How the class names of the Java runtime's own readers and writers start. */
  static final String JDK = "com.sun.imageio.";

  private JdkImage() {}

  /** What is asked of a reader whose header has been checked. */
  @FunctionalInterface
  interface Decoding<T> {
    T decode(ImageReader reader) throws IOException;
  }

  /** Decodes {@code file}: luma of colour, the high byte of deeper grey, no alpha. */
  static GrayImage decode(String format, String name, byte[] file, int maxSidePixels)
      throws IOException {
    return toGray(decode(reader(format, JDK), name, file, maxSidePixels, reader -> reader.read(0)));
  }

  /** Decodes {@code file} and leaves its samples as they are. */
  static RawImage decodeRaw(String format, String name, byte[] file, int maxSidePixels)
      throws IOException {
    BufferedImage image =
        decode(reader(format, JDK), name, file, maxSidePixels, reader -> reader.read(0));
    return new RawImage(image.getRaster(), image, false, TiffHeader.isUnsigned(file));
  }

  /**
   * Checks the size in the header, then decodes.
   *
   * @param reader given up afterwards
   * @param name of the format, for messages
   */
  static <T> T decode(
      ImageReader reader, String name, byte[] file, int maxSidePixels, Decoding<T> decoding)
      throws IOException {
    try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      int width;
      int height;
      try {
        reader.setInput(input, true, true);
        width = reader.getWidth(0);
        height = reader.getHeight(0);
      } catch (IOException | RuntimeException e) { // the readers throw both on malformed headers
        throw damaged(name, e);
      }
      requireSides(width, height, maxSidePixels);
      try {
        return decoding.decode(reader);
      } catch (IOException | RuntimeException e) {
        throw damaged(name, e);
      }
    } finally {
      reader.dispose();
    }
  }

  static IOException damaged(String name, Exception cause) {
    return new IOException(name + " image is damaged or truncated", cause);
  }

  static void requireSides(int width, int height, int maxSidePixels) throws IOException {
    if (maxSidePixels < 1) {
      throw new IllegalArgumentException("maxSidePixels: " + maxSidePixels + " (expected: >= 1)");
    }
    if (width > maxSidePixels || height > maxSidePixels) {
      throw new IOException(
          "image of "
              + width
              + " x "
              + height
              + " pixels (expected: at most "
              + maxSidePixels
              + " a side)");
    }
  }

  /** Returns a reader of {@code format} whose class name starts with {@code origin}. */
  static ImageReader reader(String format, String origin) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith(origin)) {
        return reader;
      }
    }
    throw new IOException(
        "no reader " + origin + "* of format " + format + " (expected: one on the class path)");
  }

  /** Returns luma (Rec. 601) of colour; of grey the samples, or their high bytes. */
  static GrayImage toGray(BufferedImage image) throws IOException {
    Raster raster = image.getRaster();
    int bits = raster.getSampleModel().getSampleSize(0);
    if (bits > 16) {
      throw new IOException("samples of " + bits + " bits (expected: at most 16)");
    }
    boolean grey = image.getColorModel().getNumColorComponents() == 1;
    if (grey && bits >= 8) { // the samples themselves: getRGB would apply a gamma to grey
      return samples(raster, bits - 8);
    }
    int width = image.getWidth();
    byte[] pixels = new byte[width * image.getHeight()];
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int rgb = row[x];
        int luma = 299 * (rgb >> 16 & 0xFF) + 587 * (rgb >> 8 & 0xFF) + 114 * (rgb & 0xFF);
        pixels[y * width + x] = (byte) ((luma + 500) / 1000);
      }
    }
    return GrayImage.of(width, image.getHeight(), pixels);
  }

  /** Returns the first band, {@code shift} bits lower. */
  static GrayImage samples(Raster raster, int shift) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && model.getPixelStride() == 1
        && model.getScanlineStride() == width
        && raster.getDataBuffer() instanceof DataBufferByte buffer
        && buffer.getData().length == width * height) {
      return GrayImage.of(width, height, buffer.getData());
    }
    byte[] pixels = new byte[width * height];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        pixels[y * width + x] = (byte) (row[x] >>> shift);
      }
    }
    return GrayImage.of(width, height, pixels);
  }
}
