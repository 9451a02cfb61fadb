package dev.synthorax.client.image.dicom;

import java.io.IOException;
import java.util.List;

/**
 * The 8-bit grey of every stored value: rescaling, then the values of interest, then inversion of
 * MONOCHROME1.
 *
 * <p>A file without window and without VOI table shows its whole range if values have at most 8
 * bits, else the range that the image uses, without padding.
 */
final class GreyTable {
  private GreyTable() {}

  /** Returns one byte for each stored bit pattern. */
  static byte[] of(DicomDataSet dataSet, PixelLayout layout, char[] stored) throws IOException {
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

  private static double[] rescaled(DicomDataSet dataSet, PixelLayout layout) throws IOException {
    double[] values = new double[1 << layout.bitsStored()];
    List<DicomDataSet> tables = dataSet.items(DicomTag.MODALITY_LUT_SEQUENCE);
    LookupTable table = tables.isEmpty() ? null : LookupTable.of(tables.get(0), layout.signed());
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
