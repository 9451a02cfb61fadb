package dev.synthorax.training.stage;

import java.util.HashSet;
import java.util.List;

/**
 * What all samples of a folder of shards have in common.
 *
 * @param width pixels of a row, 8 to 4,096
 * @param height pixels of a column, 8 to 4,096
 * @param structures that masks may show, in the order of their channels; at most 64, each once, of
 *     letters, digits and {@code _}
 */
public record SampleShape(int width, int height, List<String> structures) {
  private static final int MIN_SIDE = 8;
  private static final int MAX_SIDE = 4096;
  private static final int MAX_STRUCTURES = 64;
  private static final int MAX_BYTES = 64 << 20;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public SampleShape {
    structures = List.copyOf(structures);
    requireSide("width", width);
    requireSide("height", height);
    if (structures.size() > MAX_STRUCTURES
        || new HashSet<>(structures).size() < structures.size()
        || !structures.stream().allMatch(name -> name.matches("[A-Za-z0-9_]{1,64}"))) {
      throw new IllegalArgumentException(
          "structures: %s (expected: at most %d, each once, of letters, digits and '_')"
              .formatted(structures, MAX_STRUCTURES));
    }
    long bytes = (1L + structures.size()) * width * height;
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "shape: %d bytes a sample (expected: at most %d)".formatted(bytes, MAX_BYTES));
    }
  }

  private static void requireSide(String name, int pixels) {
    if (pixels < MIN_SIDE || pixels > MAX_SIDE) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, pixels, MIN_SIDE, MAX_SIDE));
    }
  }

  /** Pixels of an image, and of a mask. */
  public int pixels() {
    return width * height;
  }

  /** Bytes of an image and its masks in a shard. */
  public int bytes() {
    return (1 + structures.size()) * pixels();
  }
}
