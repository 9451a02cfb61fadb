package dev.synthorax.training.drawing;

import dev.synthorax.training.stage.StageRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Images beside and below each other, as people look at them while a stage runs. */
final class ContactSheet {
  private final int columns;
  private final int width;
  private final int height;
  private final List<float[]> images = new ArrayList<>();

  /** A sheet of images of one size. */
  ContactSheet(int columns, int width, int height) {
    this.columns = columns;
    this.width = width;
    this.height = height;
  }

  /** Adds images in -1..1, row by row; values beyond are cut off. */
  void add(float[] pixels) {
    int size = width * height;
    for (int from = 0; from < pixels.length; from += size) {
      images.add(java.util.Arrays.copyOfRange(pixels, from, from + size));
    }
  }

  /** Writes the sheet and tells of it. */
  void show(StageRun run, long step) throws IOException {
    int rows = (images.size() + columns - 1) / columns;
    byte[] grey = new byte[rows * height * columns * width];
    for (int i = 0; i < images.size(); i++) {
      float[] image = images.get(i);
      int top = i / columns * height;
      int left = i % columns * width;
      for (int k = 0; k < image.length; k++) {
        int place = (top + k / width) * columns * width + left + k % width;
        grey[place] = (byte) Math.clamp(Math.round((image[k] + 1) * 127.5f), 0, 255);
      }
    }
    run.show(step, columns * width, rows * height, columns, grey);
  }
}
