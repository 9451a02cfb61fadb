package dev.synthorax.client.report;

import dev.synthorax.client.image.BinaryMask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The border of a mask as an SVG path in pixel units: the edges between inside and outside, chained
 * into closed loops and smoothed by a moving average so that a pixel's corners do not show. For the
 * eye, not for measuring.
 */
final class MaskOutline {
  private static final int SMOOTHING = 2; // neighbours averaged on either side

  private MaskOutline() {}

  /**
   * Returns the {@code d} of a path; empty for a mask with nothing inside. Fill it with the
   * even-odd rule.
   */
  static String path(BinaryMask mask) {
    StringBuilder path = new StringBuilder();
    for (List<double[]> loop : loops(mask)) {
      append(path, loop);
    }
    return path.toString();
  }

  private static void append(StringBuilder path, List<double[]> loop) {
    int size = loop.size();
    int reach = Math.min(SMOOTHING, (size - 1) / 4); // a loop of a pixel or two keeps its shape
    for (int i = 0; i < size; i++) {
      double x = 0;
      double y = 0;
      for (int k = -reach; k <= reach; k++) {
        double[] point = loop.get(Math.floorMod(i + k, size));
        x += point[0];
        y += point[1];
      }
      path.append(i == 0 ? 'M' : 'L')
          .append(number(x / (2 * reach + 1)))
          .append(' ')
          .append(number(y / (2 * reach + 1)));
    }
    path.append('Z');
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /**
   * Returns the midpoints of border edges, loop by loop; the inside lies to the right of the way.
   */
  private static List<List<double[]>> loops(BinaryMask mask) {
    Map<Long, List<int[]>> edges = edges(mask);
    List<List<double[]>> loops = new ArrayList<>();
    for (List<int[]> start : edges.values()) {
      while (!start.isEmpty()) {
        loops.add(loop(edges, start));
      }
    }
    return loops;
  }

  private static List<double[]> loop(Map<Long, List<int[]>> edges, List<int[]> start) {
    List<double[]> points = new ArrayList<>();
    List<int[]> choices = start;
    while (!choices.isEmpty()) {
      int[] edge = choices.removeLast();
      points.add(new double[] {(edge[0] + edge[2]) / 2.0, (edge[1] + edge[3]) / 2.0});
      choices = edges.getOrDefault(key(edge[2], edge[3]), List.of());
    }
    return points;
  }

  /** Returns the directed border edges {x0, y0, x1, y1} by their start. */
  private static Map<Long, List<int[]>> edges(BinaryMask mask) {
    Map<Long, List<int[]>> edges = new LinkedHashMap<>();
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (!mask.at(x, y)) {
          continue;
        }
        if (!inside(mask, x, y - 1)) {
          add(edges, x, y, x + 1, y);
        }
        if (!inside(mask, x + 1, y)) {
          add(edges, x + 1, y, x + 1, y + 1);
        }
        if (!inside(mask, x, y + 1)) {
          add(edges, x + 1, y + 1, x, y + 1);
        }
        if (!inside(mask, x - 1, y)) {
          add(edges, x, y + 1, x, y);
        }
      }
    }
    return edges;
  }

  private static boolean inside(BinaryMask mask, int x, int y) {
    return x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && mask.at(x, y);
  }

  private static void add(Map<Long, List<int[]>> edges, int x0, int y0, int x1, int y1) {
    edges.computeIfAbsent(key(x0, y0), _ -> new ArrayList<>(2)).add(new int[] {x0, y0, x1, y1});
  }

  private static Long key(int x, int y) {
    return (long) y << 32 | x;
  }
}
