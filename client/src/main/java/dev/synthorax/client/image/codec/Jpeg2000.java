package dev.synthorax.client.image.codec;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads JPEG 2000, part 1: codestreams and JP2 files of 1 or 3 components of up to 16 bits, signed
 * or not, reversible or not, in any tiles, layers, resolutions, precincts and orders of packets.
 *
 * <p>Not read: components of unlike sizes, regions of interest, packed packet headers, changes of
 * progression, and high-throughput coding. None of them is usual in DICOM.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800</a>
 */
public final class Jpeg2000 {
  private static final int SOC = 0xFF4F;
  private static final int SIZ = 0xFF51;
  private static final int SOT = 0xFF90;
  private static final int SOD = 0xFF93;
  private static final int EOC = 0xFFD9;
  private static final int JP2_CODESTREAM = 0x6A70_3263;

  private final CodedBytes input;
  private final J2kSize size;
  private final J2kParameters parameters;
  private final Map<Integer, J2kParameters> tileParameters = new TreeMap<>();
  private final Map<Integer, ByteArrayOutputStream> tiles = new TreeMap<>();

  private Jpeg2000(CodedBytes input, int maxSidePixels) throws IOException {
    this.input = input;
    if (input.left() < 4 || input.unsigned16() != SOC || input.unsigned16() != SIZ) {
      throw input.unsupported("no start of a codestream", "FF 4F FF 51");
    }
    size = J2kSize.read(input.segment(), maxSidePixels);
    parameters = new J2kParameters(size.components());
  }

  /**
   * Decodes an image.
   *
   * <p>The size is checked before memory is taken for it; the time is bounded by the size and by
   * the bytes there are.
   *
   * @param coded the whole image; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @return signed samples are two's complement numbers of their precision
   * @throws IOException if the bytes are no JPEG 2000, are damaged or truncated, use what is not
   *     read or are too large; the message is one line
   */
  public static Samples decode(byte[] coded, int maxSidePixels) throws IOException {
    requireNonNull(coded, "coded");
    return new Jpeg2000(codestream(coded), maxSidePixels).decode();
  }

  /** Returns the codestream in a JP2 file, or all bytes if they are none. */
  private static CodedBytes codestream(byte[] coded) throws IOException {
    CodedBytes boxes = new CodedBytes("JPEG 2000", coded);
    if (coded.length < 12 || (coded[0] & 0xFF) == 0xFF) {
      return new CodedBytes("JPEG 2000", coded);
    }
    while (boxes.left() >= 8) {
      int begin = boxes.at();
      int length = boxes.positive32();
      if (boxes.positive32() == JP2_CODESTREAM) {
        return new CodedBytes("JPEG 2000", coded, boxes.at(), coded.length);
      }
      if (length < 8 || length > boxes.end() - begin) {
        throw boxes.damaged("a box of " + length + " bytes", "8 to " + (boxes.end() - begin));
      }
      boxes.seek(begin + length);
    }
    throw boxes.damaged("no codestream", "a box jp2c");
  }

  private Samples decode() throws IOException {
    int marker = input.unsigned16();
    while (marker != SOT) {
      readSegment(marker, input.segment(), parameters);
      marker = input.unsigned16();
    }
    while (marker == SOT) {
      readTilePart();
      marker = input.left() >= 2 ? input.unsigned16() : EOC;
    }
    if (tiles.size() < size.tiles()) {
      throw input.damaged(tiles.size() + " of " + size.tiles() + " tiles", "all of them");
    }
    J2kArea image = size.image();
    char[] values = new char[image.width() * image.height() * size.components()];
    for (Map.Entry<Integer, ByteArrayOutputStream> tile : tiles.entrySet()) {
      J2kParameters own = tileParameters.getOrDefault(tile.getKey(), parameters);
      own.check(input);
      new J2kTile(size, tile.getKey(), own)
          .decode(new CodedBytes("JPEG 2000", tile.getValue().toByteArray()), values);
    }
    return new Samples(image.width(), image.height(), size.components(), size.precision(), values);
  }

  private void readTilePart() throws IOException {
    int begin = input.at() - 2;
    CodedBytes header = input.segment();
    int tile = header.unsigned16();
    int length = header.positive32();
    int part = header.unsigned8();
    if (tile >= size.tiles() || (length != 0 && length > input.end() - begin)) {
      throw input.damaged(
          "tile " + tile + ", " + length + " bytes",
          "less than " + size.tiles() + ", at most " + (input.end() - begin));
    }
    int end = length == 0 ? input.end() : begin + length;
    J2kParameters own = tileParameters.getOrDefault(tile, parameters);
    for (int marker = input.unsigned16(); marker != SOD; marker = input.unsigned16()) {
      if (own == parameters) {
        own = parameters.copy();
        tileParameters.put(tile, own);
      }
      if (part != 0) {
        throw input.unsupported("parameters in the middle of a tile", "at its start");
      }
      readSegment(marker, input.segment(), own);
    }
    if (input.at() > end) {
      throw input.damaged("tile-part of " + length + " bytes", "its header and more");
    }
    tiles
        .computeIfAbsent(tile, key -> new ByteArrayOutputStream())
        .write(input.bytes(), input.at(), end - input.at());
    input.seek(end);
  }

  private void readSegment(int marker, CodedBytes segment, J2kParameters to) throws IOException {
    if (to.read(marker, segment)) {
      return;
    }
    switch (marker) {
      case 0xFF55, 0xFF57, 0xFF58, 0xFF63, 0xFF64 -> {} // lengths, positions, comments
      case 0xFF50 -> throw input.unsupported("extended capabilities", "part 1 of the standard");
      case 0xFF5E -> throw input.unsupported("a region of interest", "none");
      case 0xFF5F -> throw input.unsupported("a change of progression", "one order of packets");
      case 0xFF60, 0xFF61 -> throw input.unsupported("packed packet headers", "headers in place");
      default ->
          throw input.damaged(
              String.format(Locale.ROOT, "marker %04X", marker), "one of the header's");
    }
  }
}
