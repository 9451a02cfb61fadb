package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.codec.ExtendedJpeg;
import dev.synthorax.client.image.codec.Samples;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads JPEG (8-bit baseline, extended and progressive; grey extended of 12 bits; lossless up to 16
 * bits) and writes 8-bit grey baseline JPEG.
 *
 * <p>What it writes has no text, time or colour profile. The encoder is libjpeg of the Java
 * runtime, with its exact integer transform and the standard Huffman tables: equal images give
 * equal bytes.
 */
public final class Jpeg {
  private static final String LOSSLESS_READER = "com.twelvemonkeys.imageio.plugins.jpeg.";

  private Jpeg() {}

  /**
   * Returns {@code image} as a baseline JPEG file.
   *
   * @param quality 1..100 on the scale of libjpeg: 90 is usual for radiographs, 100 loses least
   */
  public static byte[] encode(GrayImage image, int quality) {
    requireNonNull(image, "image");
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("quality: " + quality + " (expected: 1..100)");
    }
    BufferedImage grey =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = image.toBytes();
    System.arraycopy(
        pixels, 0, ((DataBufferByte) grey.getRaster().getDataBuffer()).getData(), 0, pixels.length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(pixels.length / 4 + 1024);
    ImageWriter writer = writer();
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam settings = new JPEGImageWriteParam(null);
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality / 100f);
      writer.write(null, new IIOImage(grey, null, null), settings);
    } catch (IOException e) { // memory only
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static ImageWriter writer() {
    var writers = ImageIO.getImageWritersByFormatName("jpeg");
    while (writers.hasNext()) {
      ImageWriter writer = writers.next();
      if (writer.getClass().getName().startsWith(JdkImage.JDK)) {
        return writer;
      }
    }
    throw new IllegalStateException("no JPEG writer (expected: module java.desktop)");
  }

  /**
   * Reads a JPEG as 8-bit grey; colour becomes luma, samples of more than 8 bits keep their high
   * byte.
   *
   * <p>The size is read from the header and checked before a pixel is decoded.
   *
   * @param jpeg the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the bytes are no JPEG, are truncated, use a process that is not read, or
   *     a side exceeds {@code maxSidePixels}; the message is one line that says which
   */
  public static GrayImage decode(byte[] jpeg, int maxSidePixels) throws IOException {
    requireNonNull(jpeg, "jpeg");
    JpegHeader header = JpegHeader.of(jpeg);
    JdkImage.requireSides(header.width(), header.height(), maxSidePixels);
    header.requireSupported();
    if (header.isTwelveBitDct()) {
      return highBytes(ExtendedJpeg.decode(jpeg, maxSidePixels));
    }
    if (header.components() == 1) {
      int shift = Math.max(0, header.precision() - 8);
      return JdkImage.samples(raster(jpeg, header, maxSidePixels), shift);
    }
    return JdkImage.toGray(colour(jpeg, maxSidePixels));
  }

  /** Decodes a JPEG and leaves its samples as they are. */
  static RawImage decodeRaw(byte[] jpeg, int maxSidePixels) throws IOException {
    JpegHeader header = JpegHeader.of(jpeg);
    JdkImage.requireSides(header.width(), header.height(), maxSidePixels);
    header.requireSupported();
    return header.components() == 1
        ? new RawImage(raster(jpeg, header, maxSidePixels), null, !header.isLossless(), false)
        : new RawImage(colour(jpeg, maxSidePixels), !header.isLossless());
  }

  private static BufferedImage colour(byte[] jpeg, int maxSidePixels) throws IOException {
    return read(jpeg, LOSSLESS_READER, maxSidePixels, reader -> reader.read(0));
  }

  /**
   * Reads the samples of a JPEG as they are coded, without a transform of colours.
   *
   * @param jpeg the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException as {@link #decode} does
   */
  public static Coded decodeSamples(byte[] jpeg, int maxSidePixels) throws IOException {
    requireNonNull(jpeg, "jpeg");
    JpegHeader header = JpegHeader.of(jpeg);
    JdkImage.requireSides(header.width(), header.height(), maxSidePixels);
    header.requireSupported();
    if (header.isTwelveBitDct()) {
      return new Coded(ExtendedJpeg.decode(jpeg, maxSidePixels), header.colour());
    }
    Raster raster = raster(jpeg, header, maxSidePixels);
    int components = header.components();
    if (raster.getNumBands() != components) {
      throw JdkImage.damaged("JPEG", new IOException(raster.getNumBands() + " bands"));
    }
    char[] values = new char[raster.getWidth() * raster.getHeight() * components];
    int[] row = new int[raster.getWidth() * components];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < row.length; x++) {
        values[y * row.length + x] = (char) row[x];
      }
    }
    Samples samples =
        new Samples(raster.getWidth(), raster.getHeight(), components, header.precision(), values);
    return new Coded(samples, header.colour());
  }

  private static GrayImage highBytes(Samples samples) {
    byte[] pixels = new byte[samples.values().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (samples.values()[i] >>> (samples.precision() - 8));
    }
    return GrayImage.of(samples.width(), samples.height(), pixels);
  }

  /** What the markers of a JPEG say of its three components. */
  public enum Colour {
    /** Red, green and blue: the components are called so. */
    RGB,
    /** Luma and chroma: a JFIF file, or Adobe's marker says so. */
    LUMA_CHROMA,
    /** Nothing. */
    UNKNOWN
  }

  /**
   * Samples as they are coded.
   *
   * @param colour what they are, if there are three a pixel
   */
  public record Coded(Samples samples, Colour colour) {
    /**
     * Returns whether the samples are red, green and blue.
     *
     * @param otherwise what whoever holds the JPEG says of it; counts where the markers say nothing
     */
    public boolean isRgb(boolean otherwise) {
      return samples.components() == 3
          && switch (colour) {
            case RGB -> true;
            case LUMA_CHROMA -> false;
            case UNKNOWN -> otherwise;
          };
    }
  }

  private static Raster raster(byte[] jpeg, JpegHeader header, int maxSidePixels)
      throws IOException {
    return header.isLossless()
        ? read(jpeg, LOSSLESS_READER, maxSidePixels, reader -> reader.read(0).getRaster())
        : read(jpeg, JdkImage.JDK, maxSidePixels, reader -> reader.readRaster(0, null));
  }

  private static <T> T read(
      byte[] jpeg, String origin, int maxSidePixels, JdkImage.Decoding<T> decoding)
      throws IOException {
    ImageReader reader = JdkImage.reader("jpeg", origin);
    Damage damage = new Damage();
    reader.addIIOReadWarningListener(damage);
    T result = JdkImage.decode(reader, "JPEG", jpeg, maxSidePixels, decoding);
    damage.check();
    return result;
  }

  /** Hears what libjpeg mends in silence: missing or undecodable data becomes grey. */
  private static final class Damage implements IIOReadWarningListener {
    private @Nullable String warning;

    @Override
    public void warningOccurred(ImageReader source, String text) {
      if (text.startsWith("Corrupt JPEG data") && !text.contains("extraneous")) {
        warning = text;
      }
    }

    void check() throws IOException {
      if (warning != null) {
        throw JdkImage.damaged("JPEG", new IOException(warning));
      }
    }
  }
}
