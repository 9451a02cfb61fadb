package dev.synthorax.client.image.dicom;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A modality, VOI or palette look-up table; values outside it take its first or last entry. */
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
   * Reads the first table of a sequence that is not empty.
   *
   * @param signed whether the values that it maps are signed, where the file does not say
   * @return null if there is none
   * @see <a
   *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.11.html">PS3.3,
   *     C.11.1 and C.11.2</a>
   */
  static @Nullable LookupTable first(DicomDataSet dataSet, DicomTag sequence, boolean signed)
      throws IOException {
    for (DicomDataSet item : dataSet.items(sequence)) {
      if (item.element(DicomTag.LUT_DESCRIPTOR) != null
          && item.element(DicomTag.LUT_DATA) != null) {
        return of(item, DicomTag.LUT_DESCRIPTOR, DicomTag.LUT_DATA, signed);
      }
    }
    return null;
  }

  /**
   * Reads a table.
   *
   * @param dataSet that holds descriptor and data
   * @param signed whether the values that it maps are signed, where the file does not say
   */
  static LookupTable of(
      DicomDataSet dataSet, DicomTag descriptorTag, DicomTag dataTag, boolean signed)
      throws IOException {
    int[] descriptor = dataSet.unsigned16s(descriptorTag);
    if (descriptor.length != 3 || descriptor[2] < 1 || descriptor[2] > 16) {
      throw new IOException(
          descriptorTag + ": no look-up table (expected: entries, first value, 1..16 bits)");
    }
    int count = descriptor[0] == 0 ? 1 << 16 : descriptor[0];
    DicomElement element = dataSet.element(descriptorTag);
    boolean signedFirst =
        (element == null || element.vr().isEmpty()) ? signed : element.vr().equals("SS");
    byte[] data = dataSet.words(dataTag, false);
    boolean narrow = descriptor[2] <= 8 && data.length < 2 * count;
    if (data.length < (narrow ? count : 2 * count)) {
      throw new IOException(
          dataTag + ": " + data.length + " bytes (expected: " + count + " entries)");
    }
    int[] entries = new int[count];
    for (int i = 0; i < count; i++) {
      entries[i] = narrow ? data[i] & 0xFF : DicomDataSet.number(data, i);
    }
    int first = signedFirst ? (short) descriptor[1] : descriptor[1];
    return new LookupTable(entries, first, descriptor[2]);
  }

  int map(double value) {
    int index = (int) Math.floor(value) - first;
    return entries[Math.max(0, Math.min(entries.length - 1, index))];
  }

  /** Returns the highest value that entries of this many bits can have. */
  int maximum() {
    return (1 << bits) - 1;
  }
}
