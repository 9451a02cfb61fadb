package dev.synthorax.client.image.dicom;

/**
 * The bytes that attributes lie in, and their order.
 *
 * @param bytes borrowed
 * @param bigEndian whether numbers start with their high byte
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a file, never compared
record DicomBytes(byte[] bytes, boolean bigEndian) {
  int length() {
    return bytes.length;
  }

  /** Returns group and element. */
  int tag(int offset) {
    return unsigned16(offset) << 16 | unsigned16(offset + 2);
  }

  int int32(int offset) {
    int first = unsigned16(offset);
    int second = unsigned16(offset + 2);
    return bigEndian ? first << 16 | second : second << 16 | first;
  }

  int unsigned16(int offset) {
    int first = bytes[offset] & 0xFF;
    int second = bytes[offset + 1] & 0xFF;
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  /** Returns the two bytes as text. */
  String vr(int offset) {
    return vr(bytes, offset);
  }

  static String vr(byte[] bytes, int offset) {
    return new String(
        new char[] {(char) (bytes[offset] & 0xFF), (char) (bytes[offset + 1] & 0xFF)});
  }
}
