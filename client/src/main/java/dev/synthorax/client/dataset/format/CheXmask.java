package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.PackedRuns;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lungs and the heart of one image, from a table of CheXmask.
 *
 * @param leftLung the patient's left; null: not found
 * @param rightLung null: not found
 * @param heart null: not found
 * @param width of the masks; 0: the table does not say, as large as the image
 * @param height of the masks, or 0
 * @param table the table's path
 * @param line the row's line in it
 */
record CheXmask(
    @Nullable PackedRuns leftLung,
    @Nullable PackedRuns rightLung,
    @Nullable PackedRuns heart,
    int width,
    int height,
    String table,
    int line) {

  /** Returns the structures that {@link #masks} has. */
  Set<Structure> structures() {
    Set<Structure> structures = EnumSet.noneOf(Structure.class);
    if (leftLung != null) {
      structures.add(Structure.LEFT_LUNG);
    }
    if (rightLung != null) {
      structures.add(Structure.RIGHT_LUNG);
    }
    if (heart != null) {
      structures.add(Structure.HEART);
    }
    if (leftLung != null && rightLung != null) {
      structures.add(Structure.LUNGS);
    }
    return structures;
  }

  /**
   * Returns the masks in the image's size. Both lungs together are there only if each is.
   *
   * @throws IOException if a run does not fit, or image and masks differ in shape; the message
   *     names table and line
   */
  Map<Structure, BinaryMask> masks(GrayImage image) throws IOException {
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    put(masks, Structure.LEFT_LUNG, leftLung, image);
    put(masks, Structure.RIGHT_LUNG, rightLung, image);
    put(masks, Structure.HEART, heart, image);
    BinaryMask left = masks.get(Structure.LEFT_LUNG);
    BinaryMask right = masks.get(Structure.RIGHT_LUNG);
    if (left != null && right != null) {
      masks.put(Structure.LUNGS, left.or(right));
    }
    return masks;
  }

  private void put(
      Map<Structure, BinaryMask> masks,
      Structure structure,
      @Nullable PackedRuns runs,
      GrayImage image)
      throws IOException {
    if (runs == null) {
      return;
    }
    int maskWidth = width == 0 ? image.width() : width;
    int maskHeight = height == 0 ? image.height() : height;
    if (!isShape(maskWidth, maskHeight, image)) {
      throw wrong(
          "masks are "
              + maskWidth
              + " x "
              + maskHeight
              + " (expected: the shape of the image, "
              + image.width()
              + " x "
              + image.height()
              + "; take the table of the original resolution)");
    }
    BinaryMask mask;
    try {
      mask = runs.toMask(maskWidth, maskHeight);
    } catch (IllegalArgumentException e) {
      throw wrong(structure.wireName() + ": " + e.getMessage());
    }
    boolean same = maskWidth == image.width() && maskHeight == image.height();
    masks.put(structure, same ? mask : mask.resize(image.width(), image.height()));
  }

  /** Returns whether the image is the masks' size scaled, either of its sides rounded. */
  private static boolean isShape(int maskWidth, int maskHeight, GrayImage image) {
    double width = (double) maskWidth * image.height() / maskHeight;
    double height = (double) maskHeight * image.width() / maskWidth;
    return Math.abs(width - image.width()) < 1 || Math.abs(height - image.height()) < 1;
  }

  private IOException wrong(String problem) {
    return new IOException(table + ": line " + line + ": " + problem);
  }
}
