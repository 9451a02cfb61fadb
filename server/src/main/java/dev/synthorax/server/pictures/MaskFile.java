package dev.synthorax.server.pictures;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.png.PngHeader;
import java.nio.ByteBuffer;

/**
 * A mask as it came, of which the header alone was read: what it will take to decode is known, what
 * it shows is not.
 */
public final class MaskFile {
  private static final int COPIES = 3; // as it came, as the decoder takes it, and the decoder's own

  private final String structure;
  private final ByteBuffer png;
  private final PngHeader header;

  private MaskFile(String structure, ByteBuffer png, PngHeader header) {
    this.structure = structure;
    this.png = png;
    this.header = header;
  }

  /**
   * Reads the header; takes microseconds whatever the file holds.
   *
   * @param structure whose mask it is
   * @param png untrusted bytes; borrowed until it is decoded
   * @throws InferenceException {@code INVALID_ARGUMENT} if it is no PNG, {@code TOO_LARGE} if it is
   *     over 16 MiB or 4,096 pixels a side
   */
  public static MaskFile of(String structure, ByteBuffer png) {
    return new MaskFile(requireNonNull(structure, "structure"), png.slice(), PngHeader.read(png));
  }

  String structure() {
    return structure;
  }

  /** The file from its first byte on. */
  ByteBuffer png() {
    return png.slice();
  }

  PngHeader header() {
    return header;
  }

  /** Bytes of the file, with the copies that are made of it. */
  public long fileBytes() {
    return COPIES * (long) png.remaining();
  }

  /** Bytes of its pixels while it is decoded. */
  public long pixelBytes() {
    return header.pixelBytes();
  }
}
