package dev.synthorax.server.png;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The first chunk of a PNG, read before anything is decoded, so that a small file cannot ask for a
 * large image.
 *
 * @param width pixels
 * @param height pixels
 * @param bitDepth bits of a sample or palette index
 * @param colorType 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha
 */
public record PngHeader(int width, int height, int bitDepth, int colorType) {
  /** Most bytes of a file. */
  public static final int MAX_BYTES = 16 << 20;

  /** Most pixels a side. */
  public static final int MAX_SIDE = 4096;

  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;

  /** Type of the last chunk. */
  public static final int IEND = 0x49454E44;

  private static final int GREY = 0;
  private static final int CHUNK_FRAME = 12; // length, type, checksum
  private static final int IHDR_BYTES = 13;
  private static final int MIN_BYTES = 8 + 8 + IHDR_BYTES + 4;

  /**
   * Reads and checks the header alone.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if it is no PNG, {@code TOO_LARGE} if it is
   *     over a limit
   */
  public static PngHeader read(ByteBuffer png) {
    if (png.remaining() > MAX_BYTES) {
      throw tooLarge(png.remaining() + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    ByteBuffer bytes = png.slice();
    if (bytes.remaining() < MIN_BYTES
        || bytes.getLong() != SIGNATURE
        || bytes.getInt() != IHDR_BYTES
        || bytes.getInt() != IHDR) {
      throw broken(null);
    }
    var header =
        new PngHeader(bytes.getInt(), bytes.getInt(), bytes.get() & 0xFF, bytes.get() & 0xFF);
    if (header.width < 1 || header.height < 1) {
      throw broken(null);
    }
    if (header.width > MAX_SIDE || header.height > MAX_SIDE) {
      throw tooLarge(
          header.width
              + "x"
              + header.height
              + " pixels (expected: at most "
              + MAX_SIDE
              + " a side)");
    }
    return header;
  }

  /**
   * The same, of an image whose samples are grey levels.
   *
   * @throws InferenceException as {@link #read}; {@code INVALID_ARGUMENT} if it has colours,
   *     opacity, or fewer than 8 bits
   */
  public static PngHeader readGrey(ByteBuffer png) {
    PngHeader header = read(png);
    if (header.colorType != GREY || header.bitDepth < Byte.SIZE) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "a PNG of colour type %d, %d bits (expected: grey, type 0, of 8 or 16 bits)"
              .formatted(header.colorType, header.bitDepth));
    }
    return header;
  }

  /** Bytes of the decoded pixels. */
  public long pixelBytes() {
    int samples =
        switch (colorType) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1; // grey, palette; what is none of them is not decoded
        };
    return (long) width * height * samples * Math.max(1, bitDepth / Byte.SIZE);
  }

  /**
   * Every chunk is there with its checksum, up to the end chunk; decoders are lenient about both.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT} if not
   */
  public static void requireWhole(ByteBuffer bytes) {
    bytes.position(Long.BYTES);
    int type = 0;
    while (type != IEND) {
      int length = bytes.remaining() < CHUNK_FRAME ? -1 : bytes.getInt();
      if (length < 0 || length > bytes.remaining() - 2 * Integer.BYTES) {
        throw broken(null);
      }
      var crc = new CRC32();
      crc.update(bytes.slice(bytes.position(), Integer.BYTES + length));
      type = bytes.getInt();
      bytes.position(bytes.position() + length);
      if ((int) crc.getValue() != bytes.getInt()) {
        throw broken(null);
      }
    }
  }

  /**
   * Decodes the image whose header this is.
   *
   * @param png untrusted bytes
   * @throws InferenceException {@code INVALID_ARGUMENT} if it cannot be decoded
   */
  public BufferedImage decode(byte[] png) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(stream, true, true);
      BufferedImage image = reader.read(0);
      if (image.getWidth() != width || image.getHeight() != height) {
        throw broken(null);
      }
      return image;
    } catch (IOException | RuntimeException e) { // the reader throws both on broken files
      throw e instanceof InferenceException known ? known : broken(e);
    } finally {
      reader.dispose();
    }
  }

  private static InferenceException broken(@Nullable Throwable cause) {
    return new InferenceException(
        ErrorReason.INVALID_ARGUMENT,
        "not a readable PNG (expected: a PNG of 1 to " + MAX_SIDE + " pixels a side)",
        cause);
  }

  private static InferenceException tooLarge(String what) {
    return new InferenceException(ErrorReason.TOO_LARGE, what);
  }
}
