package dev.synthorax.client.image.dicom;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates the attributes of a file of deflated transfer syntax.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part05/sect_A.5.html">PS3.5,
 *     A.5</a>
 */
final class DeflatedDataSet {
  private static final int FIRST_BYTES = 1 << 16;

  private DeflatedDataSet() {}

  /**
   * Returns the inflated bytes; as many as there are where the file is cut.
   *
   * @param file the whole file, or its start
   * @param begin where the deflated bytes start
   * @param maxBytes the most that may come out
   * @throws IOException if the bytes are not deflated, or more come out
   */
  static byte[] inflate(byte[] file, int begin, int maxBytes) throws IOException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(file, begin, file.length - begin);
      byte[] inflated = new byte[Math.min(FIRST_BYTES, maxBytes)];
      int length = 0;
      while (!inflater.finished()) {
        if (length == inflated.length) {
          if (length == maxBytes) {
            throw new IOException(
                "deflated attributes are longer than " + maxBytes + " bytes (expected: a film)");
          }
          inflated = Arrays.copyOf(inflated, (int) Math.min(2L * length, maxBytes));
        }
        int count = inflater.inflate(inflated, length, inflated.length - length);
        if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          break;
        }
        length += count;
      }
      return Arrays.copyOf(inflated, length);
    } catch (DataFormatException e) {
      throw new IOException("deflated attributes are damaged (expected: RFC 1951)", e);
    } finally {
      inflater.end();
    }
  }
}
