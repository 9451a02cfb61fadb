package dev.synthorax.server.pictures;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.Sha256;
import dev.synthorax.server.png.MaskPixels;
import dev.synthorax.server.png.PngHeader;

/**
 * Reads a mask from a PNG of any type by {@link MaskRule}, resized by nearest neighbour.
 *
 * <p><b>Threading:</b> any thread; it may take a second and the memory that its {@link MaskFile}
 * says.
 */
public final class MaskDecoder {
  private MaskDecoder() {}

  /**
   * Decodes one mask.
   *
   * @param mask from a stranger
   * @param target zeros; takes 1 for a pixel inside, row-major, from {@code offset} on
   * @throws InferenceException {@code INVALID_ARGUMENT} if it cannot be decoded or its values do
   *     not tell inside from outside
   */
  public static MaskCondition.Given decode(
      MaskFile mask, float[] target, int offset, int width, int height) {
    PngHeader.requireWhole(mask.png());
    byte[] bytes = new byte[mask.png().remaining()];
    mask.png().get(bytes);
    var pixels = new MaskPixels(mask.header().decode(bytes));
    Long inside = MaskRule.of(pixels).inside();
    boolean any = inside != null && fill(pixels, inside, target, offset, width, height);
    return new MaskCondition.Given(mask.structure(), Sha256.hex(bytes), !any);
  }

  /** Sets the target's pixels inside; the others are 0 already. */
  private static boolean fill(
      MaskPixels pixels, long inside, float[] target, int offset, int width, int height) {
    boolean any = false;
    long[] row = new long[pixels.width()];
    for (int y = 0; y < height; y++) {
      pixels.row(nearest(y, height, pixels.height()), row);
      for (int x = 0; x < width; x++) {
        if (row[nearest(x, width, pixels.width())] == inside) {
          target[offset + y * width + x] = 1;
          any = true;
        }
      }
    }
    return any;
  }

  private static int nearest(int position, int targetSize, int sourceSize) {
    return (int) (((2L * position + 1) * sourceSize) / (2L * targetSize));
  }
}
