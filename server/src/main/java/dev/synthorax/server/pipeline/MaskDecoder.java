package dev.synthorax.server.pipeline;

import dev.synthorax.engine.InferenceException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a mask from a PNG: samples of at least half the full scale are inside, resized by nearest
 * neighbour.
 *
 * <p>Alpha is ignored; colours become grey by their mean.
 *
 * <p><b>Threading:</b> any thread; one image is decoded at a time, which bounds the memory a decode
 * may take.
 */
public final class MaskDecoder {
  private static final ReentrantLock DECODING = new ReentrantLock();
  private static final int RGB = 3;

  private MaskDecoder() {}

  /**
   * Decodes one mask.
   *
   * @param png untrusted bytes
   * @param field path of the request's field, for the error
   * @param target takes 0 or 1 a pixel, row-major, from {@code offset} on
   * @throws InferenceException {@code INVALID_ARGUMENT} if it is no PNG, {@code TOO_LARGE} if it is
   *     over 16 MiB or 4,096 pixels a side
   */
  public static void decode(
      ByteBuffer png, String field, float[] target, int offset, int width, int height) {
    PngHeader header = PngHeader.read(png, field);
    byte[] bytes = new byte[png.remaining()];
    png.slice().get(bytes);
    DECODING.lock();
    try {
      BufferedImage image = read(bytes, header, field);
      for (int y = 0; y < height; y++) {
        int sourceY = nearest(y, height, header.height());
        for (int x = 0; x < width; x++) {
          boolean inside = inside(image, nearest(x, width, header.width()), sourceY, header);
          target[offset + y * width + x] = inside ? 1 : 0;
        }
      }
    } finally {
      DECODING.unlock();
    }
  }

  private static BufferedImage read(byte[] bytes, PngHeader header, String field) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
    ImageReader reader = readers.next();
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(stream, true, true);
      BufferedImage image = reader.read(0);
      if (image.getWidth() != header.width() || image.getHeight() != header.height()) {
        throw PngHeader.broken(field, null);
      }
      return image;
    } catch (IOException | RuntimeException e) { // the reader throws both on broken files
      throw e instanceof InferenceException known ? known : PngHeader.broken(field, e);
    } finally {
      reader.dispose();
    }
  }

  private static int nearest(int position, int targetSize, int sourceSize) {
    return (int) (((2L * position + 1) * sourceSize) / (2L * targetSize));
  }

  private static boolean inside(BufferedImage image, int x, int y, PngHeader header) {
    Raster raster = image.getRaster();
    int full = (1 << header.bitDepth()) - 1;
    return switch (header.colorType()) {
      case 0, 4 -> 2L * raster.getSample(x, y, 0) >= full;
      case 2, 6 -> {
        long sum = 0;
        for (int band = 0; band < RGB; band++) {
          sum += raster.getSample(x, y, band);
        }
        yield 2 * sum >= (long) RGB * full;
      }
      default -> {
        var palette = (IndexColorModel) image.getColorModel();
        int index = raster.getSample(x, y, 0);
        int sum = palette.getRed(index) + palette.getGreen(index) + palette.getBlue(index);
        yield 2 * sum >= RGB * 255;
      }
    };
  }
}
