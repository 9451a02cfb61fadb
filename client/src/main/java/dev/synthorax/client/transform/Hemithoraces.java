package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two lung fields, told apart, and the half of the picture that belongs to each.
 *
 * <p>From {@code left_lung} and {@code right_lung} where both are there; else from {@code lungs}:
 * its two largest connected parts, each at least a tenth of it, smaller parts with the nearer one;
 * where they touch, the column of its centroid divides them.
 */
final class Hemithoraces {
  /** The patient's right, on the left of the picture. */
  static final byte RIGHT = 1;

  /** The patient's left, on the right of the picture. */
  static final byte LEFT = 2;

  /** The masks that hold lung. */
  static final List<Structure> LUNG_MASKS =
      List.of(Structure.LUNGS, Structure.LEFT_LUNG, Structure.RIGHT_LUNG);

  private static final double SMALLEST_LUNG = 0.1; // of both

  private final int width;
  private final byte[] sides; // 0 outside of the lungs
  private final double middle; // column between the two centroids

  private Hemithoraces(int width, byte[] sides) {
    this.width = width;
    this.sides = sides;
    this.middle = (column(RIGHT) + column(LEFT)) / 2;
  }

  /** Returns the hemithoraces, or null where there is no lung or only one. */
  static @Nullable Hemithoraces of(Map<Structure, BinaryMask> masks) {
    BinaryMask right = masks.get(Structure.RIGHT_LUNG);
    BinaryMask left = masks.get(Structure.LEFT_LUNG);
    if (right != null && left != null && right.area() > 0 && left.area() > 0) {
      byte[] sides = right.toBytes();
      byte[] other = left.toBytes();
      for (int i = 0; i < sides.length; i++) {
        if (other[i] != 0) {
          sides[i] = LEFT;
        }
      }
      return new Hemithoraces(right.width(), sides);
    }
    BinaryMask lungs = masks.get(Structure.LUNGS);
    return lungs == null || lungs.area() < 2 ? null : ofLungs(lungs);
  }

  private static @Nullable Hemithoraces ofLungs(BinaryMask lungs) {
    byte[] sides = lungs.toBytes();
    int width = lungs.width();
    List<List<Integer>> parts = parts(sides, width);
    double smallest = SMALLEST_LUNG * lungs.area();
    if (parts.size() >= 2 && parts.get(1).size() >= smallest) {
      double first = column(parts.get(0), width);
      double second = column(parts.get(1), width);
      for (List<Integer> part : parts) {
        double here = column(part, width);
        boolean withFirst = Math.abs(here - first) <= Math.abs(here - second);
        byte side = withFirst == first < second ? RIGHT : LEFT;
        part.forEach(cell -> sides[cell] = side);
      }
    } else {
      double middle = Cells.centroid(lungs)[0];
      for (int i = 0; i < sides.length; i++) {
        if (sides[i] != 0) {
          sides[i] = i % width + 0.5 < middle ? RIGHT : LEFT;
        }
      }
    }
    return new Hemithoraces(width, sides);
  }

  /** Returns the 4-connected parts, the largest first, of equal ones the topmost. */
  private static List<List<Integer>> parts(byte[] cells, int width) {
    List<List<Integer>> parts = new ArrayList<>();
    boolean[] seen = new boolean[cells.length];
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int start = 0; start < cells.length; start++) {
      if (cells[start] == 0 || seen[start]) {
        continue;
      }
      List<Integer> part = new ArrayList<>();
      seen[start] = true;
      open.add(start);
      while (!open.isEmpty()) {
        int cell = open.remove();
        part.add(cell);
        int x = cell % width;
        visit(cells, seen, open, x > 0 ? cell - 1 : -1);
        visit(cells, seen, open, x < width - 1 ? cell + 1 : -1);
        visit(cells, seen, open, cell - width);
        visit(cells, seen, open, cell + width);
      }
      parts.add(part);
    }
    parts.sort(Comparator.comparingInt((List<Integer> part) -> part.size()).reversed());
    return parts;
  }

  private static void visit(byte[] cells, boolean[] seen, ArrayDeque<Integer> open, int cell) {
    if (cell >= 0 && cell < cells.length && cells[cell] != 0 && !seen[cell]) {
      seen[cell] = true;
      open.add(cell);
    }
  }

  private static double column(List<Integer> part, int width) {
    long sum = 0;
    for (int cell : part) {
      sum += cell % width;
    }
    return (double) sum / part.size();
  }

  private double column(byte side) {
    long sum = 0;
    long area = 0;
    for (int i = 0; i < sides.length; i++) {
      if (sides[i] == side) {
        sum += i % width;
        area++;
      }
    }
    return area == 0 ? width / 2.0 : (double) sum / area;
  }

  /**
   * Returns the cells of {@code mask} on one side: in its lung, or outside of both lungs and nearer
   * to its half of the picture.
   */
  BinaryMask partOf(BinaryMask mask, byte side) {
    byte[] cells = mask.toBytes();
    for (int i = 0; i < cells.length; i++) {
      byte here = sides[i] != 0 ? sides[i] : i % width < middle ? RIGHT : LEFT;
      if (here != side) {
        cells[i] = 0;
      }
    }
    return BinaryMask.of(mask.width(), mask.height(), cells);
  }

  /** Returns how many cells of {@code mask} lie in the lung of one side. */
  int inside(BinaryMask mask, byte side) {
    byte[] cells = mask.toBytes();
    int inside = 0;
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] != 0 && sides[i] == side) {
        inside++;
      }
    }
    return inside;
  }
}
