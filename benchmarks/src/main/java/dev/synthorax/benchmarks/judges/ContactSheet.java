package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Real and generated images in one picture, mixed, so that a reader can guess which is which.
 *
 * @param columns images a row
 */
record ContactSheet(int columns) {
  private static final int GAP = 4;

  /** An image and whether it is real. */
  private record Mixed(GrayImage image, boolean real) {}

  /**
   * Writes the picture.
   *
   * @param seed decides the order
   * @return which are real, by rows: {@code R} and {@code G}
   */
  List<String> write(Path png, List<GrayImage> real, List<GrayImage> drawn, long seed)
      throws IOException {
    var all = new ArrayList<Mixed>();
    real.forEach(image -> all.add(new Mixed(image, true)));
    drawn.forEach(image -> all.add(new Mixed(image, false)));
    Collections.shuffle(all, new Random(seed));
    int side = real.getFirst().width();
    int rows = Math.ceilDiv(all.size(), columns);
    int width = columns * (side + GAP) - GAP;
    int height = rows * (side + GAP) - GAP;
    byte[] pixels = new byte[width * height];
    var key = new ArrayList<String>();
    var line = new StringBuilder();
    for (int i = 0; i < all.size(); i++) {
      int left = i % columns * (side + GAP);
      int top = i / columns * (side + GAP);
      byte[] source = all.get(i).image().resize(side, side).toBytes();
      for (int y = 0; y < side; y++) {
        System.arraycopy(source, y * side, pixels, (top + y) * width + left, side);
      }
      line.append(all.get(i).real() ? 'R' : 'G');
      if (line.length() == columns || i == all.size() - 1) {
        key.add(line.toString());
        line.setLength(0);
      }
    }
    Files.write(png, Png.encode(GrayImage.of(width, height, pixels)));
    return List.copyOf(key);
  }
}
