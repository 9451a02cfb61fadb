package dev.synthorax.client.image.dicom;

import java.io.IOException;
import java.util.List;

/**
 * The 8-bit grey of every stored value: rescaling, then the values of interest, then inversion of
 * MONOCHROME1; luma of colour and of palettes.
 *
 * <p>A file without window and without VOI table shows its whole range if values have at most 8
 * bits, else the range that the image uses, without padding.
 */
final class GreyTable {
  private GreyTable() {}

  /** Returns one byte for each stored bit pattern. */
  static byte[] of(DicomDataSet dataSet, PixelLayout layout, char[] stored) throws IOException {
    if (layout.samples() > 1) {
      return luma(1 << layout.bitsStored());
    }
    if (layout.isPalette()) {
      return palette(dataSet, layout);
    }
    double[] values = rescaled(dataSet, layout);
    ValueOfInterest.Range range = range(dataSet, layout, stored, values);
    ValueOfInterest interest = ValueOfInterest.of(dataSet, layout.signed(), range);
    boolean inverted = layout.photometric().equals("MONOCHROME1");
    byte[] grey = new byte[values.length];
    for (int i = 0; i < grey.length; i++) {
      int level = (int) (interest.apply(values[i]) + 0.5);
      grey[i] = (byte) (inverted ? 255 - level : level);
    }
    return grey;
  }

  private static byte[] luma(int count) {
    byte[] grey = new byte[count];
    for (int i = 0; i < count; i++) {
      grey[i] = (byte) ((255 * i + (count - 1) / 2) / (count - 1));
    }
    return grey;
  }

  private static byte[] palette(DicomDataSet dataSet, PixelLayout layout) throws IOException {
    if (dataSet.element(DicomTag.RED_PALETTE_DATA) == null) {
      boolean segmented = dataSet.element(DicomTag.SEGMENTED_RED_PALETTE_DATA) != null;
      throw new IOException(
          DicomTag.RED_PALETTE_DATA
              + (segmented ? ": segmented" : ": missing")
              + " (expected: one entry a colour)");
    }
    boolean signed = layout.signed();
    LookupTable red =
        LookupTable.of(dataSet, DicomTag.RED_PALETTE_DESCRIPTOR, DicomTag.RED_PALETTE_DATA, signed);
    LookupTable green =
        LookupTable.of(
            dataSet, DicomTag.GREEN_PALETTE_DESCRIPTOR, DicomTag.GREEN_PALETTE_DATA, signed);
    LookupTable blue =
        LookupTable.of(
            dataSet, DicomTag.BLUE_PALETTE_DESCRIPTOR, DicomTag.BLUE_PALETTE_DATA, signed);
    byte[] levels = luma(red.maximum() + 1);
    byte[] grey = new byte[1 << layout.bitsStored()];
    for (int i = 0; i < grey.length; i++) {
      int value = layout.value(i);
      int luma = ColourLuma.of(red.map(value), green.map(value), blue.map(value));
      grey[i] = levels[Math.min(luma, levels.length - 1)];
    }
    return grey;
  }

  private static double[] rescaled(DicomDataSet dataSet, PixelLayout layout) throws IOException {
    double[] values = new double[1 << layout.bitsStored()];
    LookupTable table = LookupTable.first(dataSet, DicomTag.MODALITY_LUT_SEQUENCE, layout.signed());
    List<Double> slopes = dataSet.decimals(DicomTag.RESCALE_SLOPE);
    List<Double> intercepts = dataSet.decimals(DicomTag.RESCALE_INTERCEPT);
    double slope = slopes.isEmpty() ? 1 : slopes.get(0);
    double intercept = intercepts.isEmpty() ? 0 : intercepts.get(0);
    for (int i = 0; i < values.length; i++) {
      int value = layout.value(i);
      values[i] = table == null ? slope * value + intercept : table.map(value);
    }
    return values;
  }

  private static ValueOfInterest.Range range(
      DicomDataSet dataSet, PixelLayout layout, char[] stored, double[] values) throws IOException {
    boolean[] used = new boolean[values.length];
    boolean whole = layout.bitsStored() <= 8;
    for (char value : stored) {
      used[value] = true;
    }
    int padding = dataSet.unsigned16(DicomTag.PIXEL_PADDING_VALUE, -1);
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      boolean padded = padding >= 0 && i == (padding & values.length - 1);
      if (whole || (used[i] && !padded)) {
        lowest = Math.min(lowest, values[i]);
        highest = Math.max(highest, values[i]);
      }
    }
    return new ValueOfInterest.Range(lowest, highest);
  }
}
