package dev.synthorax.client.dataset.format;

/** How pixels are stored where a format leaves the choice. */
public enum PixelEncoding {
  /** Every pixel comes back: PNG, or uncompressed DICOM. */
  LOSSLESS,
  /** Baseline JPEG, alone or in DICOM. */
  JPEG
}
