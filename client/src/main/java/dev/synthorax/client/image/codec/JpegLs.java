package dev.synthorax.client.image.codec;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Locale;

/**
 * Reads JPEG-LS, lossless and near-lossless: 1 or 3 components of 2 to 16 bits, not interleaved or
 * interleaved by line or by sample.
 *
 * <p>Not read: mapping tables, restart intervals, point transforms, subsampled components and
 * colour transforms of vendors. None of them is used in DICOM.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.87">ITU-T T.87</a>
 */
public final class JpegLs {
  private static final int SOI = 0xFFD8;
  private static final int EOI = 0xFFD9;
  private static final int SOF = 0xFFF7;
  private static final int LSE = 0xFFF8;
  private static final int SOS = 0xFFDA;
  private static final int DRI = 0xFFDD;
  private static final int APP8 = 0xFFE8;
  private static final int VENDOR_COLOUR = 0x6D72_6678; // "mrfx"

  private final CodedBytes input;
  private final int maxSidePixels;
  private JpegLsFrame frame = JpegLsFrame.NONE;
  private JpegLsPresets presets = JpegLsPresets.DEFAULT;
  private char[] values = new char[0];
  private int decoded;

  private JpegLs(CodedBytes input, int maxSidePixels) {
    this.input = input;
    this.maxSidePixels = maxSidePixels;
  }

  /**
   * Decodes an image.
   *
   * <p>The size is checked before memory is taken for it; the time is bounded by the size.
   *
   * @param coded the whole image; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the bytes are no JPEG-LS, are damaged or truncated, use what is not read
   *     or are too large; the message is one line
   */
  public static Samples decode(byte[] coded, int maxSidePixels) throws IOException {
    requireNonNull(coded, "coded");
    return new JpegLs(new CodedBytes("JPEG-LS", coded), maxSidePixels).decode();
  }

  private Samples decode() throws IOException {
    if (input.left() < 2 || input.unsigned16() != SOI) {
      throw input.unsupported("no start of image", "FF D8");
    }
    while (true) {
      int marker = marker();
      if (marker == EOI) {
        break;
      }
      CodedBytes segment = input.segment();
      switch (marker) {
        case SOF -> readFrame(segment);
        case LSE -> readPresets(segment);
        case SOS -> readScan(segment);
        case DRI -> requireNoRestarts(segment);
        case APP8 -> requireNoVendorColour(segment);
        default -> requireIgnorable(marker);
      }
      if (decoded > 0 && decoded == frame.components()) {
        break; // some writers leave the end marker out
      }
    }
    if (decoded == 0 || decoded < frame.components()) {
      throw input.damaged(decoded + " of " + frame.components() + " components", "a scan for each");
    }
    return new Samples(
        frame.width(), frame.height(), frame.components(), frame.precision(), values);
  }

  /** Returns the next marker; fill bytes before it are passed over. */
  private int marker() throws IOException {
    if (input.unsigned8() != 0xFF) {
      throw input.damaged("no marker at byte " + (input.at() - 1), "FF");
    }
    int code = input.unsigned8();
    while (code == 0xFF) {
      code = input.unsigned8();
    }
    return 0xFF00 | code;
  }

  private void readFrame(CodedBytes segment) throws IOException {
    if (frame.components() > 0) {
      throw input.damaged("a second frame", "one");
    }
    frame = JpegLsFrame.read(segment);
    segment.requireSides(frame.width(), frame.height(), maxSidePixels);
    values = new char[frame.width() * frame.height() * frame.components()];
  }

  private void readPresets(CodedBytes segment) throws IOException {
    int kind = segment.unsigned8();
    if (kind != 1) {
      throw input.unsupported("parameters of type " + kind, "1, thresholds");
    }
    presets = JpegLsPresets.read(segment);
  }

  private void readScan(CodedBytes segment) throws IOException {
    int components = segment.unsigned8();
    int first = frame.components() == 0 ? -1 : frame.indexOf(segment.unsigned8());
    boolean inOrder = first == decoded && components <= frame.components() - first;
    boolean mapped = segment.unsigned8() != 0;
    for (int i = 1; inOrder && i < components; i++) {
      inOrder = frame.indexOf(segment.unsigned8()) == first + i;
      mapped |= segment.unsigned8() != 0;
    }
    int near = segment.unsigned8();
    int interleave = segment.unsigned8();
    int pointTransform = segment.unsigned8();
    boolean whole = components == frame.components();
    if (!inOrder || interleave > 2 || (interleave == 0 ? components != 1 : !whole)) {
      throw input.damaged(
          "a scan of " + components + " components, interleave " + interleave,
          "one component, or all of them interleaved by line or sample");
    }
    if (mapped || pointTransform != 0) {
      throw input.unsupported("a mapping table or point transform", "none");
    }
    JpegLsCoding coding = presets.coding(segment, frame.precision(), near);
    JpegLsBits bits = new JpegLsBits(input);
    JpegLsScan scan = new JpegLsScan(coding, bits, frame.width(), components);
    for (int y = 0; y < frame.height(); y++) {
      scan.readLine(interleave == 2);
      int row = y * frame.width() * frame.components();
      for (int c = 0; c < components; c++) {
        int[] line = scan.line(c);
        for (int x = 0; x < frame.width(); x++) {
          values[row + x * frame.components() + first + c] = (char) line[x + 1];
        }
      }
    }
    input.seek(bits.nextMarker());
    decoded += components;
  }

  private void requireNoRestarts(CodedBytes segment) throws IOException {
    int interval = 0;
    while (segment.left() > 0) {
      interval |= segment.unsigned8();
    }
    if (interval != 0) {
      throw input.unsupported("restart intervals", "none");
    }
  }

  private void requireNoVendorColour(CodedBytes segment) throws IOException {
    if (segment.left() >= 5 && segment.positive32() == VENDOR_COLOUR && segment.unsigned8() != 0) {
      throw input.unsupported("a colour transform of a vendor", "none");
    }
  }

  private void requireIgnorable(int marker) throws IOException {
    boolean application = marker >= 0xFFE0 && marker <= 0xFFEF;
    boolean comment = marker == 0xFFFE;
    if (!application && !comment) {
      throw input.unsupported(
          "marker " + Integer.toHexString(marker).toUpperCase(Locale.ROOT),
          "FFF7, FFF8, FFDA and the like of JPEG-LS");
    }
  }
}
