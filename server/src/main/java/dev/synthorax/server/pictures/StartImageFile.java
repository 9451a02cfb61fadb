package dev.synthorax.server.pictures;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.server.config.ImageSize;
import dev.synthorax.server.png.PngHeader;
import java.awt.image.Raster;
import java.nio.ByteBuffer;

/** A start image as it came, of which the header alone was read. */
public final class StartImageFile {
  private static final int COPIES = 3; // as it came, as the decoder takes it, and the decoder's own

  private final ByteBuffer png;
  private final PngHeader header;

  private StartImageFile(ByteBuffer png, PngHeader header) {
    this.png = png;
    this.header = header;
  }

  /**
   * Reads the header; takes microseconds whatever the file holds.
   *
   * @param png untrusted bytes; borrowed until it is decoded
   * @param size of the model's images
   * @throws InferenceException {@code INVALID_ARGUMENT} if it is no PNG in grey of 8 or 16 bits,
   *     {@code SHAPE_MISMATCH} if it is of another size, {@code TOO_LARGE} if it is over 16 MiB or
   *     4,096 pixels a side
   */
  public static StartImageFile of(ByteBuffer png, ImageSize size) {
    PngHeader header = PngHeader.readGrey(png);
    if (header.width() != size.width() || header.height() != size.height()) {
      throw new InferenceException(
          ErrorReason.SHAPE_MISMATCH,
          "%dx%d pixels (expected: %s, as the model's images; resize it)"
              .formatted(header.width(), header.height(), size));
    }
    return new StartImageFile(png.slice(), header);
  }

  /** Bytes that it takes until it is decoded. */
  public long heldBytes() {
    return COPIES * (long) png.remaining() + header.pixelBytes();
  }

  /**
   * Decodes.
   *
   * @param strength as in {@link StartImage}
   * @throws InferenceException {@code INVALID_ARGUMENT} if it cannot be decoded
   */
  public StartImage decode(double strength) {
    PngHeader.requireWhole(png.slice());
    byte[] bytes = new byte[png.remaining()];
    png.slice().get(bytes);
    Raster raster = header.decode(bytes).getRaster();
    float half = ((1 << header.bitDepth()) - 1) / 2f;
    float[] pixels = raster.getSamples(0, 0, header.width(), header.height(), 0, (float[]) null);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = pixels[i] / half - 1;
    }
    return new StartImage(pixels, Sha256.hex(bytes), strength, null);
  }

  /**
   * The same image, of which a region alone is drawn anew.
   *
   * @param image that this was decoded to
   * @throws InferenceException {@code INVALID_ARGUMENT} if the mask cannot be decoded, does not
   *     tell inside from outside, or has nothing inside
   */
  public StartImage redrawing(StartImage image, MaskFile redraw) {
    float[] inside = new float[header.width() * header.height()];
    var given = MaskDecoder.decode(redraw, inside, 0, header.width(), header.height());
    if (given.empty()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "nothing is inside the region to be redrawn (expected: a mask of two values)");
    }
    return image.redrawing(new StartImage.Redrawn(inside, given));
  }
}
