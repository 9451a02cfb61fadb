package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.GrayImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for the combinations of structures that a pixel may be part of: each structure alone has
 * {@code 1..n} in order, combinations follow as they first occur.
 */
final class LabelMap {
  private static final int MAX_VALUE = 255;

  private final List<Structure> structures;
  private final int[] values; // by bits, one a structure; 0: not given yet
  private final List<Integer> combinations = new ArrayList<>(); // bits by value - 1

  LabelMap(List<Structure> structures) {
    this.structures = List.copyOf(structures);
    values = new int[1 << structures.size()];
    for (int i = 0; i < structures.size(); i++) {
      give(1 << i);
    }
  }

  private int give(int bits) {
    combinations.add(bits);
    values[bits] = combinations.size();
    return values[bits];
  }

  /**
   * Returns the label image of one sample.
   *
   * @param sample has a mask of each structure
   * @throws IllegalArgumentException if there are more combinations than an 8-bit image can hold
   */
  GrayImage encode(Sample sample) {
    int width = sample.image().width();
    int height = sample.image().height();
    int[] bits = new int[width * height];
    for (int i = 0; i < structures.size(); i++) {
      byte[] cells = sample.mask(structures.get(i)).toBytes();
      for (int k = 0; k < bits.length; k++) {
        bits[k] |= cells[k] << i;
      }
    }
    byte[] labels = new byte[bits.length];
    for (int k = 0; k < bits.length; k++) {
      if (bits[k] != 0) {
        int value = values[bits[k]];
        labels[k] = (byte) (value == 0 ? give(bits[k]) : value);
      }
    }
    if (combinations.size() > MAX_VALUE) {
      throw new IllegalArgumentException(
          "masks overlap in more than " + MAX_VALUE + " ways (expected: fewer structures)");
    }
    return GrayImage.of(width, height, labels);
  }

  /** Returns whether structures have overlapped. */
  boolean hasRegions() {
    return combinations.size() > structures.size();
  }

  /** Returns what {@code labels} of dataset.json says: background, and a number or a list each. */
  Map<String, Object> labels() {
    Map<String, Object> labels = new LinkedHashMap<>();
    labels.put("background", 0);
    for (int i = 0; i < structures.size(); i++) {
      List<Integer> region = new ArrayList<>();
      for (int k = 0; k < combinations.size(); k++) {
        if ((combinations.get(k) >> i & 1) != 0) {
          region.add(k + 1);
        }
      }
      labels.put(structures.get(i).wireName(), hasRegions() ? region : region.getFirst());
    }
    return labels;
  }

  /**
   * Returns the number that each region's prediction is written as: that of the structure alone.
   */
  List<Integer> regionsClassOrder() {
    List<Integer> order = new ArrayList<>();
    for (int i = 1; i <= structures.size(); i++) {
      order.add(i);
    }
    return order;
  }
}
