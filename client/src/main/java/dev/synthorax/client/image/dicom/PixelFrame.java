package dev.synthorax.client.image.dicom;

import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.codec.Jpeg2000;
import dev.synthorax.client.image.codec.JpegLs;
import dev.synthorax.client.image.codec.Samples;
import java.io.IOException;

/** Decodes the pixel data of one frame into stored values. */
final class PixelFrame {
  private PixelFrame() {}

  /**
   * Returns the stored bits of every pixel, row by row, as unsigned numbers; the luma of colour.
   *
   * @throws IOException if the pixel data are missing, too short, or of a coding that is not read
   */
  static char[] decode(DicomDataSet dataSet, String transferSyntax, PixelLayout layout)
      throws IOException {
    if (dataSet.element(DicomTag.PIXEL_DATA) == null) {
      throw new IOException(DicomTag.PIXEL_DATA + ": missing or empty (expected: an image)");
    }
    byte[] data = dataSet.words(DicomTag.PIXEL_DATA, layout.bitsAllocated() == 16);
    if (TransferSyntax.isNative(transferSyntax)) {
      return layout.photometric().equals("YBR_FULL_422")
          ? halfChroma(data, layout)
          : gather(data, layout, layout.planar());
    }
    if (transferSyntax.equals(TransferSyntax.RLE)) {
      return gather(RleFrame.decode(data, layout), layout, true);
    }
    int maxSide = Math.max(layout.columns(), layout.rows());
    if (TransferSyntax.isJpeg(transferSyntax)) {
      Jpeg.Coded jpeg = Jpeg.decodeSamples(data, Math.max(layout.columns(), layout.rows()));
      return stored(jpeg.samples(), layout, jpeg.isRgb(layout.isRgb()));
    }
    if (TransferSyntax.isJpegLs(transferSyntax)) {
      return stored(extended(JpegLs.decode(data, maxSide), layout), layout, layout.isRgb());
    }
    if (TransferSyntax.isJpeg2000(transferSyntax)) {
      return stored(extended(Jpeg2000.decode(data, maxSide), layout), layout, layout.isRgb());
    }
    throw TransferSyntax.unsupported(transferSyntax);
  }

  private static char[] gather(byte[] data, PixelLayout layout, boolean planar) throws IOException {
    int pixels = layout.pixels();
    int samples = layout.samples();
    requireBytes(data, (long) pixels * samples * layout.bytesPerSample(), layout);
    boolean wide = layout.bytesPerSample() == 2;
    int pixelStride = planar ? 1 : samples;
    int sampleStride = planar ? pixels : 1;
    char[] stored = new char[pixels];
    int[] values = new int[samples];
    for (int i = 0; i < pixels; i++) {
      for (int s = 0; s < samples; s++) {
        int at = i * pixelStride + s * sampleStride;
        values[s] = layout.stored(wide ? DicomDataSet.number(data, at) : data[at] & 0xFF);
      }
      stored[i] = grey(values, layout.isRgb());
    }
    return stored;
  }

  /** Two pixels in four samples: two of luma, then one of each chroma. */
  private static char[] halfChroma(byte[] data, PixelLayout layout) throws IOException {
    int pixels = layout.pixels();
    if (layout.bitsAllocated() != 8 || layout.columns() % 2 != 0) {
      throw new IOException(
          "YBR_FULL_422 of "
              + layout.columns()
              + " columns, "
              + layout.bitsAllocated()
              + " bits (expected: an even number, 8 bits)");
    }
    requireBytes(data, 2L * pixels, layout);
    char[] stored = new char[pixels];
    for (int i = 0; i < pixels; i++) {
      stored[i] = layout.stored(data[i / 2 * 4 + i % 2] & 0xFF);
    }
    return stored;
  }

  private static void requireBytes(byte[] data, long needed, PixelLayout layout)
      throws IOException {
    if (data.length < needed) {
      throw new IOException(
          DicomTag.PIXEL_DATA
              + ": "
              + data.length
              + " bytes of "
              + layout.photometric()
              + " (expected: "
              + needed
              + " for "
              + layout.columns()
              + " x "
              + layout.rows()
              + " pixels)");
    }
  }

  private static char[] stored(Samples samples, PixelLayout layout, boolean rgb)
      throws IOException {
    if (samples.width() != layout.columns() || samples.height() != layout.rows()) {
      throw new IOException(
          "coded image of "
              + samples.width()
              + " x "
              + samples.height()
              + " pixels (expected: "
              + layout.columns()
              + " x "
              + layout.rows()
              + ", columns and rows)");
    }
    if (samples.precision() > layout.bitsAllocated() || samples.components() != layout.samples()) {
      throw new IOException(
          "coded image of "
              + samples.components()
              + " samples of "
              + samples.precision()
              + " bits (expected: "
              + layout.samples()
              + " of at most "
              + layout.bitsAllocated()
              + ", the bits allocated)");
    }
    char[] coded = samples.values();
    char[] stored = new char[layout.pixels()];
    int[] values = new int[layout.samples()];
    for (int i = 0; i < stored.length; i++) {
      for (int s = 0; s < values.length; s++) {
        values[s] = layout.stored(coded[i * values.length + s]);
      }
      stored[i] = grey(values, rgb);
    }
    return stored;
  }

  /** Signed samples may be coded in fewer bits than are stored: their sign goes on to the left. */
  private static Samples extended(Samples samples, PixelLayout layout) {
    int shift = 32 - samples.precision();
    char[] values = samples.values();
    for (int i = 0; layout.signed() && i < values.length; i++) {
      values[i] = (char) (values[i] << shift >> shift);
    }
    return samples;
  }

  private static char grey(int[] values, boolean rgb) {
    return (char) (rgb ? ColourLuma.of(values[0], values[1], values[2]) : values[0]);
  }
}
