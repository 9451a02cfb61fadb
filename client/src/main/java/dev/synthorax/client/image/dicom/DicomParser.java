package dev.synthorax.client.image.dicom;

import dev.synthorax.client.image.dicom.DicomElement.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the attributes of a little endian DICOM file, up to and with the pixel data.
 *
 * <p>Copies nothing: values stay in the file's bytes, and no length is believed that does not fit
 * in them.
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
  private static final int MAX_DEPTH = 32;
  private static final int MAX_ELEMENTS = 100_000;
  private static final String LONG_LENGTHS = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  private static final String SHORT_LENGTHS =
      "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";

  private final byte[] file;
  private int at;
  private int elements;

  private DicomParser(byte[] file) {
    this.file = file;
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
            && (isVr(vr(file, 4)) || (file[6] == 0 && file[7] == 0)));
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
   * @throws IOException if an attribute does not fit in the file, or the file nests too deep
   */
  static Parsed parse(byte[] file) throws IOException {
    if (!isDicom(file)) {
      throw new IOException(
          "not a DICOM file (expected: 'DICM' at byte 128, or group 0002 or 0008)");
    }
    DicomParser parser = new DicomParser(file);
    parser.at = hasPreamble(file) ? 132 : 0;
    Map<Integer, DicomElement> meta = new HashMap<>();
    while (parser.at + 8 <= file.length && parser.unsigned16(parser.at) == 2) {
      parser.element(meta, file.length, true, 0);
    }
    String transferSyntax = new DicomDataSet(file, meta).text(DicomTag.TRANSFER_SYNTAX_UID);
    if (transferSyntax.isEmpty()) {
      boolean explicit = parser.at + 8 <= file.length && isVr(vr(file, parser.at + 4));
      transferSyntax = explicit ? TransferSyntax.EXPLICIT_LITTLE : TransferSyntax.IMPLICIT_LITTLE;
    }
    TransferSyntax.requireLittleEndian(transferSyntax);
    boolean explicit = !transferSyntax.equals(TransferSyntax.IMPLICIT_LITTLE);
    DicomDataSet dataSet = parser.dataSet(file.length, explicit, false, 0);
    return new Parsed(transferSyntax, dataSet);
  }

  private DicomDataSet dataSet(int limit, boolean explicit, boolean delimited, int depth)
      throws IOException {
    Map<Integer, DicomElement> found = new HashMap<>();
    while (at < limit) {
      requireRoom(8, limit, "an attribute");
      int code = tag(at);
      if (delimited && code == ITEM_DELIMITATION) {
        at += 8;
        return new DicomDataSet(file, found);
      }
      boolean pixels = depth == 0 && Integer.compareUnsigned(code, 0x7FE0_0008) >= 0;
      if (pixels && (code > DicomTag.PIXEL_DATA.code() || code < 0)) {
        break;
      }
      element(found, limit, explicit, depth);
      if (pixels && code == DicomTag.PIXEL_DATA.code()) {
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
    int code = tag(at);
    String vr = "";
    int length;
    at += 4;
    if (!explicit) {
      length = int32(at);
      at += 4;
    } else {
      vr = vr(file, at);
      if (!isVr(vr)) {
        throw new IOException(
            where(begin, code)
                + "value representation '"
                + vr.replaceAll("[^ -~]", "?")
                + "' (expected: one of DICOM's, as in LO)");
      }
      if (LONG_LENGTHS.contains(vr)) {
        requireRoom(8, limit, DicomTag.describe(code));
        length = int32(at + 4);
        at += 8;
      } else {
        length = unsigned16(at + 2);
        at += 4;
      }
    }
    boolean sequence = explicit ? vr.equals("SQ") : DicomTag.isSequence(code);
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
      int code = tag(at);
      int length = int32(at + 4);
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
      int code = tag(at);
      int length = int32(at + 4);
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

  private int tag(int offset) {
    return unsigned16(offset) << 16 | unsigned16(offset + 2);
  }

  private int int32(int offset) {
    return unsigned16(offset) | unsigned16(offset + 2) << 16;
  }

  private int unsigned16(int offset) {
    return (file[offset] & 0xFF) | (file[offset + 1] & 0xFF) << 8;
  }

  private static String vr(byte[] file, int offset) {
    return new String(new char[] {(char) (file[offset] & 0xFF), (char) (file[offset + 1] & 0xFF)});
  }

  private static boolean isVr(String vr) {
    return vr.indexOf(' ') < 0 && (LONG_LENGTHS.contains(vr) || SHORT_LENGTHS.contains(vr));
  }
}
