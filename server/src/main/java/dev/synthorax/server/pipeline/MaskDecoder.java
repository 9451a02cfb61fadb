package dev.synthorax.server.pipeline;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a mask from a PNG of any type by {@link MaskRule}, resized by nearest neighbour.
 *
 * <p><b>Threading:</b> any thread; one image is decoded at a time, which bounds the memory a decode
 * may take.
 */
public final class MaskDecoder {
  private static final ReentrantLock DECODING = new ReentrantLock();

  private MaskDecoder() {}

  /**
   * Decodes one mask.
   *
   * @param png untrusted bytes
   * @param target zeros; takes 1 for a pixel inside, row-major, from {@code offset} on
   * @param structure whose mask it is
   * @throws InferenceException {@code INVALID_ARGUMENT} if it is no PNG or its values do not tell
   *     inside from outside, {@code TOO_LARGE} if it is over 16 MiB or 4,096 pixels a side
   */
  public static MaskCondition.Given decode(
      ByteBuffer png, String structure, float[] target, int offset, int width, int height) {
    PngHeader header = PngHeader.read(png);
    byte[] bytes = new byte[png.remaining()];
    png.slice().get(bytes);
    DECODING.lock();
    try {
      var pixels = new MaskPixels(read(bytes, header));
      Long inside = MaskRule.of(pixels).inside();
      boolean any = inside != null && fill(pixels, inside, target, offset, width, height);
      return new MaskCondition.Given(structure, Sha256.hex(bytes), !any);
    } finally {
      DECODING.unlock();
    }
  }

  /** Sets the target's pixels inside; the others are 0 already. */
  private static boolean fill(
      MaskPixels pixels, long inside, float[] target, int offset, int width, int height) {
    boolean any = false;
    long[] row = new long[pixels.width()];
    for (int y = 0; y < height; y++) {
      pixels.row(nearest(y, height, pixels.height()), row);
      for (int x = 0; x < width; x++) {
        if (row[nearest(x, width, pixels.width())] == inside) {
          target[offset + y * width + x] = 1;
          any = true;
        }
      }
    }
    return any;
  }

  private static BufferedImage read(byte[] bytes, PngHeader header) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
    ImageReader reader = readers.next();
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(stream, true, true);
      BufferedImage image = reader.read(0);
      if (image.getWidth() != header.width() || image.getHeight() != header.height()) {
        throw PngHeader.broken(null);
      }
      return image;
    } catch (IOException | RuntimeException e) { // the reader throws both on broken files
      throw e instanceof InferenceException known ? known : PngHeader.broken(e);
    } finally {
      reader.dispose();
    }
  }

  private static int nearest(int position, int targetSize, int sourceSize) {
    return (int) (((2L * position + 1) * sourceSize) / (2L * targetSize));
  }
}
