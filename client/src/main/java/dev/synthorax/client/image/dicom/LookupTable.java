package dev.synthorax.client.image.dicom;

import java.io.IOException;

/** A modality or VOI look-up table; values outside it take its first or last entry. */
final class LookupTable {
  private final int[] entries;
  private final int first;
  private final int bits;

  private LookupTable(int[] entries, int first, int bits) {
    this.entries = entries;
    this.first = first;
    this.bits = bits;
  }

  /**
   * Reads a table.
   *
   * @param item of a look-up table sequence
   * @param signed whether the values that it maps are signed, where the file does not say
   * @see <a
   *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.11.html">PS3.3,
   *     C.11.1 and C.11.2</a>
   */
  static LookupTable of(DicomDataSet item, boolean signed) throws IOException {
    int[] descriptor = item.unsigned16s(DicomTag.LUT_DESCRIPTOR);
    if (descriptor.length != 3 || descriptor[2] < 1 || descriptor[2] > 16) {
      throw new IOException(
          DicomTag.LUT_DESCRIPTOR
              + ": no look-up table (expected: entries, first value, 1..16 bits)");
    }
    int count = descriptor[0] == 0 ? 1 << 16 : descriptor[0];
    DicomElement element = item.element(DicomTag.LUT_DESCRIPTOR);
    boolean signedFirst =
        (element == null || element.vr().isEmpty()) ? signed : element.vr().equals("SS");
    byte[] data = item.bytes(DicomTag.LUT_DATA);
    boolean narrow = descriptor[2] <= 8 && data.length < 2 * count;
    if (data.length < (narrow ? count : 2 * count)) {
      throw new IOException(
          DicomTag.LUT_DATA + ": " + data.length + " bytes (expected: " + count + " entries)");
    }
    int[] entries = new int[count];
    for (int i = 0; i < count; i++) {
      entries[i] = narrow ? data[i] & 0xFF : (data[2 * i] & 0xFF) | (data[2 * i + 1] & 0xFF) << 8;
    }
    int first = signedFirst ? (short) descriptor[1] : descriptor[1];
    return new LookupTable(entries, first, descriptor[2]);
  }

  double map(double value) {
    int index = (int) Math.floor(value) - first;
    return entries[Math.max(0, Math.min(entries.length - 1, index))];
  }

  /** Returns the highest value that entries of this many bits can have. */
  int maximum() {
    return (1 << bits) - 1;
  }
}
