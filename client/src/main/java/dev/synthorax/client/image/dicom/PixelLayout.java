package dev.synthorax.client.image.dicom;

import java.io.IOException;
import java.util.List;

/**
 * How pixels are laid out.
 *
 * @param rows of the image
 * @param columns of the image
 * @param samples values a pixel: 1 or 3
 * @param bitsAllocated bits a sample takes up: 8 or 16
 * @param bitsStored bits a sample has
 * @param highBit its highest bit
 * @param signed whether samples are two's complement numbers
 * @param photometric photometric interpretation
 * @param planar whether all first samples precede all second ones
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.7.6.3.html">PS3.3,
 *     C.7.6.3</a>
 */
record PixelLayout(
    int rows,
    int columns,
    int samples,
    int bitsAllocated,
    int bitsStored,
    int highBit,
    boolean signed,
    String photometric,
    boolean planar) {

  /** RCT and ICT are JPEG 2000's, whose decoder gives red, green and blue. */
  private static final List<String> COLOURS =
      List.of("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT");

  static PixelLayout of(DicomDataSet dataSet, int maxSidePixels) throws IOException {
    int bitsAllocated = dataSet.unsigned16(DicomTag.BITS_ALLOCATED);
    int bitsStored = dataSet.unsigned16(DicomTag.BITS_STORED, bitsAllocated);
    PixelLayout layout =
        new PixelLayout(
            dataSet.unsigned16(DicomTag.ROWS),
            dataSet.unsigned16(DicomTag.COLUMNS),
            dataSet.unsigned16(DicomTag.SAMPLES_PER_PIXEL, 1),
            bitsAllocated,
            bitsStored,
            dataSet.unsigned16(DicomTag.HIGH_BIT, bitsStored - 1),
            dataSet.unsigned16(DicomTag.PIXEL_REPRESENTATION, 0) == 1,
            dataSet.text(DicomTag.PHOTOMETRIC_INTERPRETATION),
            dataSet.unsigned16(DicomTag.PLANAR_CONFIGURATION, 0) == 1);
    layout.check(maxSidePixels);
    int frames = dataSet.integer(DicomTag.NUMBER_OF_FRAMES, 1);
    if (frames != 0 && frames != 1) {
      throw new IOException(
          DicomTag.NUMBER_OF_FRAMES + ": " + frames + " (expected: 1, a single radiograph)");
    }
    return layout;
  }

  private void check(int maxSidePixels) throws IOException {
    if (rows < 1 || columns < 1 || rows > maxSidePixels || columns > maxSidePixels) {
      throw new IOException(
          "image of "
              + columns
              + " x "
              + rows
              + " pixels (expected: 1 to "
              + maxSidePixels
              + " a side)");
    }
    boolean bits =
        (bitsAllocated == 8 || bitsAllocated == 16)
            && bitsStored >= 1
            && bitsStored <= bitsAllocated
            && highBit >= bitsStored - 1
            && highBit < bitsAllocated;
    if (!bits) {
      throw new IOException(
          "bits allocated "
              + bitsAllocated
              + ", stored "
              + bitsStored
              + ", high bit "
              + highBit
              + " (expected: 8 or 16 allocated that hold the stored bits)");
    }
    boolean known =
        samples == 1
            ? photometric.startsWith("MONOCHROME") || isPalette()
            : samples == 3 && !signed && COLOURS.contains(photometric);
    if (!known) {
      throw new IOException(
          DicomTag.PHOTOMETRIC_INTERPRETATION
              + ": '"
              + photometric
              + "' with "
              + samples
              + (signed ? " signed" : "")
              + " samples of "
              + bitsAllocated
              + " bits (expected: MONOCHROME1, MONOCHROME2, PALETTE COLOR with 1, "
              + String.join(", ", COLOURS)
              + " with 3 unsigned ones)");
    }
  }

  int pixels() {
    return rows * columns;
  }

  boolean isPalette() {
    return photometric.equals("PALETTE COLOR");
  }

  /** Returns whether decoded samples are red, green and blue, not luma and chroma. */
  boolean isRgb() {
    return samples == 3 && !photometric.startsWith("YBR_FULL");
  }

  int bytesPerSample() {
    return bitsAllocated / 8;
  }

  /** Returns the stored bits of a sample as an unsigned number. */
  char stored(int sample) {
    return (char) ((sample >>> (highBit + 1 - bitsStored)) & ((1 << bitsStored) - 1));
  }

  /** Returns the number that the stored bits mean. */
  int value(int stored) {
    int shift = 32 - bitsStored;
    return signed ? stored << shift >> shift : stored;
  }
}
