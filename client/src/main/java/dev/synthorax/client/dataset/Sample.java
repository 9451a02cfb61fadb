package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.PngNotes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * One image in memory, with all that is known about it.
 *
 * @param info what the tables say
 * @param image the radiograph, 8 bits, bone white
 * @param masks one mask of the image's size for each structure that was looked for; an empty mask:
 *     the structure is absent; no mask: nobody outlined it
 * @param text what a PNG of the image says of what made it; none: an image of a patient, or of a
 *     file that says nothing
 */
public record Sample(
    ImageInfo info, GrayImage image, Map<Structure, BinaryMask> masks, PngNotes text) {

  /** Checks the masks' sizes and copies the map. */
  public Sample {
    requireNonNull(info, "info");
    requireNonNull(image, "image");
    requireNonNull(text, "text");
    EnumMap<Structure, BinaryMask> copy = new EnumMap<>(Structure.class);
    copy.putAll(masks);
    copy.forEach(
        (structure, mask) -> {
          if (mask.width() != image.width() || mask.height() != image.height()) {
            throw new IllegalArgumentException(
                "sample "
                    + info.id()
                    + ": mask of "
                    + structure.wireName()
                    + " is "
                    + mask
                    + " (expected: the image's size, "
                    + image
                    + ")");
          }
        });
    masks = Collections.unmodifiableMap(copy);
  }

  /** An image that does not say what made it. */
  public Sample(ImageInfo info, GrayImage image, Map<Structure, BinaryMask> masks) {
    this(info, image, masks, PngNotes.NONE);
  }

  /** Returns this image with other facts, for example other labels. */
  public Sample withInfo(ImageInfo value) {
    return new Sample(value, image, masks, text);
  }

  /** Returns the image's name. */
  public String id() {
    return info.id();
  }

  /**
   * Returns the mask of {@code structure}; {@link #masks} says which there are.
   *
   * @throws IllegalArgumentException if nobody outlined it
   */
  public BinaryMask mask(Structure structure) {
    BinaryMask mask = masks.get(structure);
    if (mask == null) {
      throw new IllegalArgumentException(
          "sample "
              + info.id()
              + ": no mask of "
              + structure.wireName()
              + " (expected: one, empty where the structure is absent)");
    }
    return mask;
  }
}
