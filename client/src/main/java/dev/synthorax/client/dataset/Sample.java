package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One image with all that is known about it.
 *
 * @param id a name unique in its dataset, for example {@code phantom-0000000042}
 * @param seed the seed that made it
 * @param image the radiograph
 * @param masks one mask for every {@link Structure}, of the image's size; empty where the structure
 *     is absent
 * @param prompt a short English description, true of the image
 * @param findings the labels, at least one; {@link Finding#NORMAL} only alone
 * @param attributes further facts in a fixed order; values are strings, booleans, longs, integers,
 *     doubles or null-free lists of strings
 */
public record Sample(
    String id,
    long seed,
    GrayImage image,
    Map<Structure, BinaryMask> masks,
    String prompt,
    List<Finding> findings,
    Map<String, Object> attributes) {

  /** Checks sizes and labels, and copies the collections. */
  public Sample {
    requireNonNull(id, "id");
    requireNonNull(image, "image");
    requireNonNull(prompt, "prompt");
    EnumMap<Structure, BinaryMask> copy = new EnumMap<>(Structure.class);
    copy.putAll(masks);
    for (Structure structure : Structure.values()) {
      BinaryMask mask = copy.get(structure);
      if (mask == null || mask.width() != image.width() || mask.height() != image.height()) {
        throw new IllegalArgumentException(
            "masks: "
                + structure.wireName()
                + " is "
                + mask
                + " (expected: the image's size, "
                + image
                + ")");
      }
    }
    masks = Collections.unmodifiableMap(copy);
    findings = List.copyOf(findings);
    if (findings.isEmpty() || (findings.size() > 1 && findings.contains(Finding.NORMAL))) {
      throw new IllegalArgumentException(
          "findings: " + findings + " (expected: normal alone, or one or more others)");
    }
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** Returns the mask of {@code structure}, empty (never null) where it is absent. */
  public BinaryMask mask(Structure structure) {
    return requireNonNull(masks.get(structure));
  }
}
