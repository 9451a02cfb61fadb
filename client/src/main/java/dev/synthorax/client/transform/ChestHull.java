package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What masks tell of the chest wall: it lies beyond the convex hull of both lungs, which holds all
 * of a heart and of the air beside a lung, and on a film that shows it there is room for it between
 * the lungs and the left and right edge.
 *
 * <p>A cell is inside where its centre is.
 */
final class ChestHull {
  private final int width;
  private final double[] left; // of each row, in pixels; NaN: the hull does not reach the row
  private final double[] right;
  private final double margin;

  private ChestHull(int width, double[] left, double[] right, double margin) {
    this.width = width;
    this.left = left;
    this.right = right;
    this.margin = margin;
  }

  /** A corner of the outline, in pixels from the top left. */
  private record Corner(double x, double y) {
    /** Returns twice the signed area of the triangle with {@code a} and {@code b}. */
    double turn(Corner a, Corner b) {
      return (a.x - x) * (b.y - y) - (a.y - y) * (b.x - x);
    }
  }

  /** Returns the hull, or null where there is no lung. */
  static @Nullable ChestHull of(Map<Structure, BinaryMask> masks) {
    BinaryMask lungs = null;
    for (Structure structure : Hemithoraces.LUNG_MASKS) {
      BinaryMask lung = masks.get(structure);
      if (lung != null) {
        lungs = lungs == null ? lung : lungs.or(lung);
      }
    }
    return lungs == null ? null : of(lungs);
  }

  private static @Nullable ChestHull of(BinaryMask lungs) {
    List<Corner> lefts = new ArrayList<>(); // from top to bottom
    List<Corner> rights = new ArrayList<>();
    int least = lungs.width();
    int most = 0;
    for (int y = 0; y < lungs.height(); y++) {
      int first = -1;
      int last = -1;
      for (int x = 0; x < lungs.width(); x++) {
        if (lungs.at(x, y)) {
          first = first < 0 ? x : first;
          last = x;
        }
      }
      if (first >= 0) {
        for (int edge = y; edge <= y + 1; edge++) {
          extend(lefts, new Corner(first, edge), -1);
          extend(rights, new Corner(last + 1, edge), 1);
        }
        least = Math.min(least, first);
        most = Math.max(most, last + 1);
      }
    }
    if (lefts.isEmpty()) {
      return null;
    }
    double margin = (double) Math.min(least, lungs.width() - most) / lungs.width();
    return new ChestHull(
        lungs.width(), rows(lefts, lungs.height()), rows(rights, lungs.height()), margin);
  }

  /** Adds the next corner downwards to a chain, and takes out those that it makes a dent of. */
  private static void extend(List<Corner> chain, Corner next, int side) {
    while (chain.size() > 1
        && side * chain.get(chain.size() - 2).turn(chain.getLast(), next) <= 0) {
      chain.removeLast();
    }
    chain.add(next);
  }

  /** Returns where a chain crosses the middle of each row. */
  private static double[] rows(List<Corner> chain, int height) {
    double[] rows = new double[height];
    Arrays.fill(rows, Double.NaN);
    for (int i = 1; i < chain.size(); i++) {
      Corner from = chain.get(i - 1);
      Corner to = chain.get(i);
      for (int y = (int) from.y; y < to.y; y++) {
        rows[y] = from.x + (to.x - from.x) * (y + 0.5 - from.y) / (to.y - from.y);
      }
    }
    return rows;
  }

  /** Returns the least distance of the lungs from the left and right edge, in widths. */
  double margin() {
    return margin;
  }

  /** Returns which share of a mask lies beyond the hull; 0 for an empty mask. */
  double beyond(BinaryMask mask) {
    int area = 0;
    int beyond = 0;
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < width; x++) {
        if (mask.at(x, y)) {
          area++;
          beyond += x + 0.5 >= left[y] && x + 0.5 <= right[y] ? 0 : 1; // NaN: beyond
        }
      }
    }
    return area == 0 ? 0 : (double) beyond / area;
  }
}
