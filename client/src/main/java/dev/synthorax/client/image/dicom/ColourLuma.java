package dev.synthorax.client.image.dicom;

/** Luma of colour by ITU-R BT.601, as everywhere in the product. */
final class ColourLuma {
  private ColourLuma() {}

  /** Returns the rounded luma of samples of any depth up to 16 bits. */
  static int of(int red, int green, int blue) {
    return (299 * red + 587 * green + 114 * blue + 500) / 1000;
  }
}
