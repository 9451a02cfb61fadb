package dev.synthorax.client.image.dicom;

import dev.synthorax.client.image.dicom.DicomElement.Part;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of a file or of one item of a sequence. Borrows the file's bytes. */
final class DicomDataSet {
  private final DicomBytes file;
  private final Map<Integer, DicomElement> elements;

  DicomDataSet(DicomBytes file, Map<Integer, DicomElement> elements) {
    this.file = file;
    this.elements = elements;
  }

  /** Returns the attribute, or null if it is absent or empty. */
  @Nullable DicomElement element(DicomTag tag) {
    DicomElement element = elements.get(tag.code());
    if (element == null) {
      return null;
    }
    boolean empty = element.items().isEmpty();
    for (Part part : element.parts()) {
      empty &= part.length() == 0;
    }
    return empty ? null : element;
  }

  /** Returns the items of a sequence, none if it is absent. */
  List<DicomDataSet> items(DicomTag tag) {
    DicomElement element = elements.get(tag.code());
    return element == null ? List.of() : element.items();
  }

  /** Returns a copy of the value's bytes, fragments joined; empty if it is absent. */
  byte[] bytes(DicomTag tag) {
    DicomElement element = element(tag);
    if (element == null) {
      return new byte[0];
    }
    int length = 0;
    for (Part part : element.parts()) {
      length += part.length();
    }
    byte[] bytes = new byte[length];
    int at = 0;
    for (Part part : element.parts()) {
      System.arraycopy(file.bytes(), part.offset(), bytes, at, part.length());
      at += part.length();
    }
    return bytes;
  }

  /**
   * Returns a copy of the value's bytes as numbers of 16 bits, little endian, whatever the file's
   * order; bytes where it holds bytes.
   *
   * @param wide whether numbers have 16 bits even if the value representation says bytes
   */
  byte[] words(DicomTag tag, boolean wide) {
    byte[] bytes = bytes(tag);
    DicomElement element = element(tag);
    if (element != null && file.bigEndian() && (wide || !element.vr().matches("OB|UN"))) {
      for (int i = 0; i + 1 < bytes.length; i += 2) {
        byte first = bytes[i];
        bytes[i] = bytes[i + 1];
        bytes[i + 1] = first;
      }
    }
    return bytes;
  }

  /** Returns the text without padding; empty if it is absent. */
  String text(DicomTag tag) {
    Charset charset =
        tag != DicomTag.SPECIFIC_CHARACTER_SET
                && text(DicomTag.SPECIFIC_CHARACTER_SET).endsWith("192")
            ? StandardCharsets.UTF_8
            : StandardCharsets.ISO_8859_1;
    return new String(bytes(tag), charset).replace('\0', ' ').replaceAll("\\p{Cntrl}", "?").strip();
  }

  /** Returns the values of a multi-valued text; none if it is absent. */
  List<String> texts(DicomTag tag) {
    String text = text(tag);
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split("\\\\", -1)).map(String::strip).toList();
  }

  /**
   * Returns the numbers of a decimal string, without empty ones; none if it is absent. A comma is
   * taken for the decimal point.
   */
  List<Double> decimals(DicomTag tag) throws IOException {
    List<Double> values = new ArrayList<>();
    for (String text : texts(tag)) {
      if (text.isEmpty()) {
        continue;
      }
      double value;
      try {
        value = Double.parseDouble(text.replace(',', '.'));
      } catch (NumberFormatException e) {
        value = Double.NaN;
      }
      if (!Double.isFinite(value)) {
        throw new IOException(tag + ": '" + shortened(text) + "' (expected: a decimal number)");
      }
      values.add(value);
    }
    return values;
  }

  /** Returns one integer string. */
  int integer(DicomTag tag, int absent) throws IOException {
    String text = text(tag);
    try {
      return text.isEmpty() ? absent : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException(tag + ": '" + shortened(text) + "' (expected: a whole number)", e);
    }
  }

  /** Returns one unsigned 16-bit number. */
  int unsigned16(DicomTag tag, int absent) throws IOException {
    int[] values = unsigned16s(tag);
    return values.length == 0 ? absent : values[0];
  }

  /** Returns one unsigned 16-bit number that has to be there. */
  int unsigned16(DicomTag tag) throws IOException {
    int value = unsigned16(tag, -1);
    if (value < 0) {
      throw new IOException(tag + ": missing (expected: an image with this attribute)");
    }
    return value;
  }

  /** Returns unsigned 16-bit numbers; none if the attribute is absent. */
  int[] unsigned16s(DicomTag tag) throws IOException {
    byte[] bytes = words(tag, true);
    if (bytes.length % 2 != 0) {
      throw new IOException(tag + ": " + bytes.length + " bytes (expected: two for each number)");
    }
    int[] values = new int[bytes.length / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(bytes, i);
    }
    return values;
  }

  /** Returns a little endian number of 16 bits. */
  static int number(byte[] bytes, int index) {
    return (bytes[2 * index] & 0xFF) | (bytes[2 * index + 1] & 0xFF) << 8;
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), 30));
  }
}
