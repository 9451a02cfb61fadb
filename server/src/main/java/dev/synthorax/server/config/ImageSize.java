package dev.synthorax.server.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * Pixels of an image; {@code [width, height]} in YAML.
 *
 * @param width 8 to 4,096
 * @param height 8 to 4,096
 */
public record ImageSize(int width, int height) {
  private static final int MIN = 8;
  private static final int MAX = 4096;

  public ImageSize {
    if (width < MIN || width > MAX || height < MIN || height > MAX) {
      throw new IllegalArgumentException(
          "sizes: ["
              + width
              + ", "
              + height
              + "] (expected: "
              + MIN
              + " to "
              + MAX
              + " pixels a side)");
    }
  }

  /** From YAML. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ImageSize of(List<Integer> sides) {
    if (sides.size() != 2) {
      throw new IllegalArgumentException("sizes: " + sides + " (expected: [width, height])");
    }
    return new ImageSize(sides.get(0), sides.get(1));
  }

  /** To YAML. */
  @JsonValue
  List<Integer> sides() {
    return List.of(width, height);
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
