package dev.synthorax.client.image.dicom;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Brings rescaled values to 0..255.
 *
 * @see <a
 *     href="https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.11.2.html">PS3.3,
 *     C.11.2</a>
 */
sealed interface ValueOfInterest {
  /** Returns the grey value, 0..255, not rounded. */
  double apply(double value);

  /** From {@code lowest} to {@code highest}, linearly; 0 where both are the same. */
  record Range(double lowest, double highest) implements ValueOfInterest {
    @Override
    public double apply(double value) {
      double span = highest - lowest;
      return span > 0 ? Math.clamp((value - lowest) / span, 0.0, 1.0) * 255 : 0;
    }
  }

  /** C.11.2.1.2.1: width counts values, at least 1. */
  record Linear(double center, double width) implements ValueOfInterest {
    @Override
    public double apply(double value) {
      double half = (width - 1) / 2;
      if (value <= center - 0.5 - half) {
        return 0;
      }
      return value > center - 0.5 + half
          ? 255
          : ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
    }
  }

  /** C.11.2.1.3.2: from {@code center - width / 2} to {@code center + width / 2}. */
  record LinearExact(double center, double width) implements ValueOfInterest {
    @Override
    public double apply(double value) {
      return Math.clamp((value - center) / width + 0.5, 0.0, 1.0) * 255;
    }
  }

  /** C.11.2.1.3.1. */
  record Sigmoid(double center, double width) implements ValueOfInterest {
    @Override
    public double apply(double value) {
      return 255 / (1 + StrictMath.exp(-4 * (value - center) / width));
    }
  }

  /** C.11.2.1.1. */
  record Table(LookupTable table) implements ValueOfInterest {
    @Override
    public double apply(double value) {
      return 255.0 * table.map(value) / table.maximum();
    }
  }

  /**
   * Returns what the file asks for: the first VOI look-up table that is not empty, else the first
   * window that is wider than nothing, else {@code absent}.
   */
  static ValueOfInterest of(DicomDataSet dataSet, boolean signed, Range absent) throws IOException {
    LookupTable table = LookupTable.first(dataSet, DicomTag.VOI_LUT_SEQUENCE, signed);
    if (table != null) {
      return new Table(table);
    }
    List<Double> centers = dataSet.decimals(DicomTag.WINDOW_CENTER);
    List<Double> widths = dataSet.decimals(DicomTag.WINDOW_WIDTH);
    for (int i = 0; i < Math.min(centers.size(), widths.size()); i++) {
      if (widths.get(i) > 0) {
        return window(dataSet.text(DicomTag.VOI_LUT_FUNCTION), centers.get(i), widths.get(i));
      }
    }
    return absent;
  }

  /** A linear window counts whole values; one of less than a value can only be meant exactly. */
  private static ValueOfInterest window(String function, double center, double width)
      throws IOException {
    return switch (function.toUpperCase(Locale.ROOT)) {
      case "", "LINEAR" -> width < 1 ? new LinearExact(center, width) : new Linear(center, width);
      case "LINEAR_EXACT", "LINEAR EXACT" -> new LinearExact(center, width);
      case "SIGMOID" -> new Sigmoid(center, width);
      default ->
          throw new IOException(
              DicomTag.VOI_LUT_FUNCTION
                  + ": '"
                  + function
                  + "' (expected: LINEAR, LINEAR_EXACT or SIGMOID)");
    };
  }
}
