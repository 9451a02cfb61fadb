package dev.synthorax.client.image.dicom;

import dev.synthorax.client.image.dicom.DicomElement.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the attributes of a DICOM file, up to and with the pixel data.
 *
 * <p>Copies nothing: values stay in the file's bytes, and no length is believed that does not fit
 * in them. As pydicom does, it takes attributes for implicit VR or explicit VR by what they look
 * like, where that is not what the transfer syntax says.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part05/chapter_7.html">PS3.5,
 *     section 7</a>
 */
final class DicomParser {
  private static final int ITEM = 0xFFFE_E000;
  private static final int ITEM_DELIMITATION = 0xFFFE_E00D;
  private static final int SEQUENCE_DELIMITATION = 0xFFFE_E0DD;
  private static final int UNDEFINED = -1;
  private static final int BEHIND_PIXELS = DicomTag.PIXEL_DATA.code() + 1;
  private static final int BEHIND_IMAGE = 0x0029_0000;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_ELEMENTS = 100_000;
  private static final String LONG_LENGTHS = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  private static final String SHORT_LENGTHS =
      "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";

  private final DicomBytes file;
  private final int end;
  private int at;
  private int elements;

  /**
   * Starts at a byte.
   *
   * @param end the first tag that is not looked at, unsigned
   */
  private DicomParser(DicomBytes file, int at, int end) {
    this.file = file;
    this.at = at;
    this.end = end;
  }

  /** A file's attributes and how its pixels are coded. */
  record Parsed(String transferSyntax, DicomDataSet dataSet) {}

  /**
   * Returns whether a file starts as DICOM does: with a preamble of 128 bytes and {@code DICM}, or,
   * without either, with an attribute of group 0002 or 0008.
   */
  static boolean isDicom(byte[] file) {
    return hasPreamble(file)
        || (file.length >= 8
            && (file[0] == 2 || file[0] == 8)
            && file[1] == 0
            && file[3] == 0
            && (isVr(DicomBytes.vr(file, 4)) || (file[6] == 0 && file[7] == 0)));
  }

  private static boolean hasPreamble(byte[] file) {
    return file.length >= 132
        && file[128] == 'D'
        && file[129] == 'I'
        && file[130] == 'C'
        && file[131] == 'M';
  }

  /**
   * Finds the attributes.
   *
   * @param file the whole file
   * @param maxBytes the most bytes that deflated attributes may have
   * @throws IOException if an attribute does not fit in the file, or the file nests too deep
   */
  static Parsed parse(byte[] file, int maxBytes) throws IOException {
    return parse(file, maxBytes, BEHIND_PIXELS);
  }

  /**
   * Finds the attributes that say what an image is, not its pixels.
   *
   * @param start of a file
   * @param maxBytes the most bytes that deflated attributes may have
   * @throws IOException if {@code start} is too short for them, or as {@link #parse(byte[], int)}
   */
  static Parsed parseHeader(byte[] start, int maxBytes) throws IOException {
    return parse(start, maxBytes, BEHIND_IMAGE);
  }

  private static Parsed parse(byte[] file, int maxBytes, int end) throws IOException {
    if (!isDicom(file)) {
      throw new IOException(
          "not a DICOM file (expected: 'DICM' at byte 128, or group 0002 or 0008)");
    }
    DicomBytes little = new DicomBytes(file, false);
    DicomParser metaParser = new DicomParser(little, hasPreamble(file) ? 132 : 0, end);
    Map<Integer, DicomElement> meta = new HashMap<>();
    while (metaParser.at + 8 <= file.length && little.unsigned16(metaParser.at) == 2) {
      metaParser.element(meta, file.length, true, 0);
    }
    int begin = metaParser.at;
    String transferSyntax = new DicomDataSet(little, meta).text(DicomTag.TRANSFER_SYNTAX_UID);
    if (transferSyntax.isEmpty()) {
      boolean explicit = begin + 8 <= file.length && isVr(little.vr(begin + 4));
      transferSyntax = explicit ? TransferSyntax.EXPLICIT_LITTLE : TransferSyntax.IMPLICIT_LITTLE;
    }
    DicomParser parser =
        transferSyntax.equals(TransferSyntax.DEFLATED)
            ? new DicomParser(
                new DicomBytes(DeflatedDataSet.inflate(file, begin, maxBytes), false), 0, end)
            : new DicomParser(
                new DicomBytes(file, transferSyntax.equals(TransferSyntax.EXPLICIT_BIG)),
                begin,
                end);
    boolean explicit = !transferSyntax.equals(TransferSyntax.IMPLICIT_LITTLE);
    return new Parsed(transferSyntax, parser.dataSet(parser.file.length(), explicit, false, 0));
  }

  private DicomDataSet dataSet(int limit, boolean declared, boolean delimited, int depth)
      throws IOException {
    Map<Integer, DicomElement> found = new HashMap<>();
    boolean explicit = declared || (depth == 0 && at + 8 <= limit && isVr(file.vr(at + 4)));
    while (at < limit) {
      requireRoom(8, limit, "an attribute");
      int code = file.tag(at);
      if (delimited && code == ITEM_DELIMITATION) {
        at += 8;
        return new DicomDataSet(file, found);
      }
      if (depth == 0 && (Integer.compareUnsigned(code, end) >= 0 || isFloatPixels(code))) {
        break;
      }
      element(found, limit, explicit, depth);
      if (depth == 0 && code == DicomTag.PIXEL_DATA.code()) {
        break;
      }
    }
    if (delimited) {
      throw new IOException("byte " + at + ": an item has no end (expected: an item delimitation)");
    }
    return new DicomDataSet(file, found);
  }

  /** Reads one attribute at {@link #at} and moves behind it. */
  private void element(Map<Integer, DicomElement> found, int limit, boolean explicit, int depth)
      throws IOException {
    int begin = at;
    if (++elements > MAX_ELEMENTS) {
      throw new IOException("more than " + MAX_ELEMENTS + " attributes (expected: a radiograph)");
    }
    requireRoom(8, limit, "an attribute");
    int code = file.tag(at);
    String vr = "";
    int length;
    at += 4;
    String coded = file.vr(at);
    if (!explicit || !isUpperCase(coded)) {
      length = file.int32(at);
      at += 4;
    } else {
      vr = coded;
      if (!isVr(vr)) {
        throw new IOException(
            where(begin, code)
                + "value representation '"
                + vr
                + "' (expected: one of DICOM's, as in LO)");
      }
      if (LONG_LENGTHS.contains(vr)) {
        requireRoom(8, limit, DicomTag.describe(code));
        length = file.int32(at + 4);
        at += 8;
      } else {
        length = file.unsigned16(at + 2);
        at += 4;
      }
    }
    boolean sequence = vr.isEmpty() ? DicomTag.isSequence(code) : vr.equals("SQ");
    if (length == UNDEFINED && code == DicomTag.PIXEL_DATA.code()) {
      found.put(code, new DicomElement(code, vr, fragments(limit), List.of()));
    } else if (length == UNDEFINED) {
      // undefined length under UN holds implicit VR, PS3.5 section 6.2.2
      boolean inner = explicit && !vr.equals("UN");
      List<DicomDataSet> items = items(limit, inner, true, depth + 1);
      found.put(code, new DicomElement(code, vr, List.of(), items));
    } else {
      requireLength(begin, code, length, limit);
      if (sequence) {
        List<DicomDataSet> items = items(at + length, explicit, false, depth + 1);
        found.put(code, new DicomElement(code, vr, List.of(), items));
      } else {
        found.put(code, new DicomElement(code, vr, List.of(new Part(at, length)), List.of()));
        at += length;
      }
    }
  }

  private List<DicomDataSet> items(int limit, boolean explicit, boolean delimited, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException(
          "byte " + at + ": sequences nest deeper than " + MAX_DEPTH + " (expected: fewer)");
    }
    List<DicomDataSet> items = new ArrayList<>();
    while (at < limit) {
      int begin = at;
      requireRoom(8, limit, "an item");
      int code = file.tag(at);
      int length = file.int32(at + 4);
      at += 8;
      if (delimited && code == SEQUENCE_DELIMITATION) {
        return items;
      }
      if (code != ITEM) {
        throw new IOException(where(begin, code) + "no item (expected: (FFFE,E000))");
      }
      if (++elements > MAX_ELEMENTS) {
        throw new IOException("more than " + MAX_ELEMENTS + " attributes (expected: a radiograph)");
      }
      if (length == UNDEFINED) {
        items.add(dataSet(limit, explicit, true, depth));
      } else {
        requireLength(begin, code, length, limit);
        items.add(dataSet(at + length, explicit, false, depth));
      }
    }
    if (delimited) {
      throw new IOException(
          "byte " + at + ": a sequence has no end (expected: a sequence delimitation)");
    }
    return items;
  }

  /** Reads the fragments of encapsulated pixel data, without the offset table before them. */
  private List<Part> fragments(int limit) throws IOException {
    List<Part> fragments = new ArrayList<>();
    boolean offsetTable = true;
    while (true) {
      int begin = at;
      requireRoom(8, limit, "a fragment of pixel data");
      int code = file.tag(at);
      int length = file.int32(at + 4);
      at += 8;
      if (code == SEQUENCE_DELIMITATION) {
        return fragments;
      }
      if (code != ITEM) {
        throw new IOException(where(begin, code) + "no fragment (expected: (FFFE,E000))");
      }
      if (++elements > MAX_ELEMENTS) {
        throw new IOException("more than " + MAX_ELEMENTS + " fragments (expected: a radiograph)");
      }
      requireLength(begin, code, length, limit);
      if (!offsetTable) {
        fragments.add(new Part(at, length));
      }
      offsetTable = false;
      at += length;
    }
  }

  private void requireRoom(int bytes, int limit, String what) throws IOException {
    if (bytes > limit - at) {
      throw new IOException("byte " + at + ": the file ends within " + what + " (expected: more)");
    }
  }

  private void requireLength(int begin, int code, int length, int limit) throws IOException {
    if (length < 0 || length > limit - at) {
      throw new IOException(
          where(begin, code)
              + "length "
              + Integer.toUnsignedString(length)
              + " (expected: at most "
              + (limit - at)
              + ", what is left)");
    }
  }

  private static String where(int begin, int code) {
    return "byte " + begin + ", attribute " + DicomTag.describe(code) + ": ";
  }

  /** Float Pixel Data and Double Float Pixel Data are no radiograph's. */
  private static boolean isFloatPixels(int code) {
    return code == 0x7FE0_0008 || code == 0x7FE0_0009;
  }

  private static boolean isUpperCase(String vr) {
    return vr.matches("[A-Z]{2}");
  }

  private static boolean isVr(String vr) {
    return isUpperCase(vr) && (LONG_LENGTHS.contains(vr) || SHORT_LENGTHS.contains(vr));
  }
}
