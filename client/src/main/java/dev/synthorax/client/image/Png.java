package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads and writes PNG. What it writes has no text, time or colour profile: equal images give equal
 * bytes.
 */
public final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};

  private Png() {}

  /** Returns {@code image} as an 8-bit grey PNG file. */
  public static byte[] encode(GrayImage image) {
    requireNonNull(image, "image");
    return PngEncoder.encode(image);
  }

  /**
   * Reads a PNG as 8-bit grey; colour becomes luma (Rec. 601), deeper samples keep their high byte,
   * alpha is dropped.
   *
   * <p>The size is read from the header and checked before a pixel is decoded.
   *
   * @param png the whole file; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the bytes are no PNG, are truncated, or a side exceeds {@code
   *     maxSidePixels}; the message is one line that says which
   */
  public static GrayImage decode(byte[] png, int maxSidePixels) throws IOException {
    requireNonNull(png, "png");
    if (maxSidePixels < 1) {
      throw new IllegalArgumentException("maxSidePixels: " + maxSidePixels + " (expected: >= 1)");
    }
    if (!startsWithSignature(png)) {
      throw new IOException(
          "not a PNG image (expected: a file that starts with the PNG signature)");
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
    if (!readers.hasNext()) {
      throw new IOException("this Java runtime has no PNG reader (expected: module java.desktop)");
    }
    ImageReader reader = readers.next();
    try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(input, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
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
      return toGray(reader.read(0));
    } catch (IOException e) {
      String message = e.getMessage();
      if (message != null && message.startsWith("image of ")) {
        throw e;
      }
      throw new IOException("PNG image is damaged or truncated", e);
    } catch (RuntimeException e) { // the JDK's reader throws these on malformed chunks
      throw new IOException("PNG image is damaged or truncated", e);
    } finally {
      reader.dispose();
    }
  }

  private static boolean startsWithSignature(byte[] png) {
    if (png.length < SIGNATURE.length) {
      return false;
    }
    for (int i = 0; i < SIGNATURE.length; i++) {
      if (png[i] != SIGNATURE[i]) {
        return false;
      }
    }
    return true;
  }

  private static GrayImage toGray(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] pixels = new byte[width * height];
    boolean grey = image.getColorModel().getNumColorComponents() == 1;
    Raster raster = image.getRaster();
    int shift = grey ? Math.max(0, raster.getSampleModel().getSampleSize(0) - 8) : 0;
    boolean direct = grey && raster.getSampleModel().getSampleSize(0) >= 8;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int value;
        if (direct) { // the samples themselves: getRGB would apply a gamma to grey
          value = raster.getSample(x, y, 0) >>> shift;
        } else {
          int rgb = image.getRGB(x, y);
          value =
              (299 * (rgb >> 16 & 0xFF) + 587 * (rgb >> 8 & 0xFF) + 114 * (rgb & 0xFF) + 500)
                  / 1000;
        }
        pixels[y * width + x] = (byte) value;
      }
    }
    return GrayImage.of(width, height, pixels);
  }

  /** Returns the 8 bytes every PNG file starts with. */
  static void writeSignature(ByteArrayOutputStream output) {
    output.writeBytes(SIGNATURE);
  }
}
