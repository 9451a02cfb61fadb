package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * Boxes around the opacities of a pneumonia, as readers draw them: tight around what is at least a
 * quarter as opaque as the opacity's heart.
 */
final class PneumoniaBoxes {
  private static final double VISIBLE = 0.25;

  private PneumoniaBoxes() {}

  /** Returns one box an opacity that shows at all, in pixels. */
  static List<Box> of(Projection projection, int size) {
    List<Box> boxes = new ArrayList<>();
    for (float[] opacity : projection.boxed) {
      float most = 0;
      for (float value : opacity) {
        most = Math.max(most, value);
      }
      if (most > 0) {
        boxes.add(around(opacity, size, VISIBLE * most));
      }
    }
    return boxes;
  }

  private static Box around(float[] opacity, int size, double threshold) {
    int left = size;
    int right = -1;
    int top = size;
    int bottom = -1;
    for (int i = 0; i < opacity.length; i++) {
      if (opacity[i] >= threshold) {
        left = Math.min(left, i % size);
        right = Math.max(right, i % size);
        top = Math.min(top, i / size);
        bottom = Math.max(bottom, i / size);
      }
    }
    return new Box(Finding.PNEUMONIA.label(), left, top, right - left + 1, bottom - top + 1);
  }
}
