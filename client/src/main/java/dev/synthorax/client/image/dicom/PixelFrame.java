package dev.synthorax.client.image.dicom;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
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
    DicomElement element = dataSet.element(DicomTag.PIXEL_DATA);
    if (element == null) {
      throw new IOException(DicomTag.PIXEL_DATA + ": missing or empty (expected: an image)");
    }
    byte[] data = dataSet.bytes(DicomTag.PIXEL_DATA);
    if (TransferSyntax.isNative(transferSyntax)) {
      return gather(data, layout, layout.planar());
    }
    if (transferSyntax.equals(TransferSyntax.RLE)) {
      return gather(RleFrame.decode(data, layout), layout, true);
    }
    if (TransferSyntax.isJpeg(transferSyntax)) {
      return jpeg(data, layout);
    }
    throw TransferSyntax.unsupported(transferSyntax);
  }

  private static char[] gather(byte[] data, PixelLayout layout, boolean planar) throws IOException {
    int pixels = layout.pixels();
    long needed = (long) pixels * layout.samples() * layout.bytesPerSample();
    if (data.length < needed || layout.photometric().equals("YBR_FULL_422")) {
      throw new IOException(
          DicomTag.PIXEL_DATA
              + ": "
              + data.length
              + " bytes of "
              + layout.photometric()
              + " (expected: "
              + needed
              + " without subsampling for "
              + layout.columns()
              + " x "
              + layout.rows()
              + " pixels)");
    }
    char[] stored = new char[pixels];
    if (layout.samples() == 3) {
      int pixelStride = planar ? 1 : 3;
      int sampleStride = planar ? pixels : 1;
      boolean rgb = layout.photometric().equals("RGB");
      for (int i = 0; i < pixels; i++) {
        int at = i * pixelStride;
        int first = data[at] & 0xFF;
        int second = data[at + sampleStride] & 0xFF;
        int third = data[at + 2 * sampleStride] & 0xFF;
        stored[i] = (char) (rgb ? (299 * first + 587 * second + 114 * third + 500) / 1000 : first);
      }
    } else if (layout.bytesPerSample() == 1) {
      for (int i = 0; i < pixels; i++) {
        stored[i] = layout.stored(data[i] & 0xFF);
      }
    } else {
      for (int i = 0; i < pixels; i++) {
        stored[i] = layout.stored((data[2 * i] & 0xFF) | (data[2 * i + 1] & 0xFF) << 8);
      }
    }
    return stored;
  }

  private static char[] jpeg(byte[] data, PixelLayout layout) throws IOException {
    int maxSide = Math.max(layout.columns(), layout.rows());
    if (layout.samples() == 3) {
      GrayImage luma = Jpeg.decode(data, maxSide);
      requireSize(luma.width(), luma.height(), layout);
      byte[] pixels = luma.toBytes();
      char[] stored = new char[pixels.length];
      for (int i = 0; i < pixels.length; i++) {
        stored[i] = (char) (pixels[i] & 0xFF);
      }
      return stored;
    }
    Jpeg.Samples samples = Jpeg.decodeSamples(data, maxSide);
    requireSize(samples.width(), samples.height(), layout);
    if (samples.precision() > layout.bitsAllocated()) {
      throw new IOException(
          "JPEG samples of "
              + samples.precision()
              + " bits (expected: at most "
              + layout.bitsAllocated()
              + ", the bits allocated)");
    }
    char[] stored = samples.values();
    for (int i = 0; i < stored.length; i++) {
      stored[i] = layout.stored(stored[i]);
    }
    return stored;
  }

  private static void requireSize(int width, int height, PixelLayout layout) throws IOException {
    if (width != layout.columns() || height != layout.rows()) {
      throw new IOException(
          "JPEG image of "
              + width
              + " x "
              + height
              + " pixels (expected: "
              + layout.columns()
              + " x "
              + layout.rows()
              + ", columns and rows)");
    }
  }
}
