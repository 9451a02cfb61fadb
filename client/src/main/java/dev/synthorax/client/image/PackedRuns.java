package dev.synthorax.client.image;

import dev.synthorax.client.image.RunLengthCoding.Order;
import java.util.Arrays;

/**
 * The runs of a mask, about two bytes a run: tables of some hundred thousand masks fit in memory.
 *
 * <p>A run is the gap before it and its length. What is stored is how both differ from those of the
 * run before, each as a zigzag variable-length integer: outlines change little from line to line.
 */
public final class PackedRuns {
  /** No run: a mask of any size without a cell inside. */
  public static final PackedRuns EMPTY = new PackedRuns(Order.ROW_MAJOR, new byte[0], 0);

  private final Order order;
  private final byte[] packed;
  private final int end;

  private PackedRuns(Order order, byte[] packed, int end) {
    this.order = order;
    this.packed = packed;
    this.end = end;
  }

  /** Returns whether no cell is inside. */
  public boolean isEmpty() {
    return end == 0;
  }

  /**
   * Returns the mask.
   *
   * @param width cells in a row, at least 1
   * @param height rows, at least 1
   * @throws IllegalArgumentException if a run ends outside the mask; the message names the run,
   *     counted from 1
   */
  public BinaryMask toMask(int width, int height) {
    if (width < 1 || height < 1 || (long) width * height > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "mask: " + width + " x " + height + " (expected: sides >= 1, below 2^31 cells)");
    }
    byte[] cells = new byte[width * height];
    Cursor cursor = new Cursor(packed);
    int gap = 0;
    int length = 0;
    int position = 0;
    for (int run = 1; cursor.hasNext(); run++) {
      gap += cursor.next();
      length += cursor.next();
      int first = position + gap;
      position = first + length;
      if (length == 0) {
        continue;
      }
      if (position > cells.length) {
        throw new IllegalArgumentException(
            "run "
                + run
                + ": "
                + length
                + " cells from cell "
                + first
                + " end at "
                + position
                + " (expected: at most "
                + cells.length
                + ", the cells of a mask of "
                + width
                + " x "
                + height
                + ")");
      }
      fill(cells, width, height, first, position);
    }
    return BinaryMask.of(width, height, cells);
  }

  private void fill(byte[] cells, int width, int height, int first, int end) {
    switch (order) {
      case ROW_MAJOR -> Arrays.fill(cells, first, end, (byte) 1);
      case COLUMN_MAJOR -> {
        int x = first / height;
        int y = first % height;
        for (int i = first; i < end; i++) {
          cells[y * width + x] = 1;
          if (++y == height) {
            y = 0;
            x++;
          }
        }
      }
    }
  }

  /** Collects runs in their order. */
  static final class Builder {
    private final Order order;
    private byte[] packed = new byte[32];
    private int size;
    private int gap;
    private int length;
    private int position;
    private int end;

    Builder(Order order) {
      this.order = order;
    }

    void add(int nextGap, int nextLength) {
      put(nextGap - gap);
      put(nextLength - length);
      gap = nextGap;
      length = nextLength;
      position += gap + length;
      if (length > 0) {
        end = position;
      }
    }

    private void put(int value) {
      if (size + 5 > packed.length) {
        packed = Arrays.copyOf(packed, packed.length * 2);
      }
      int zigzag = value << 1 ^ value >> 31;
      while ((zigzag & ~0x7F) != 0) {
        packed[size++] = (byte) (zigzag | 0x80);
        zigzag >>>= 7;
      }
      packed[size++] = (byte) zigzag;
    }

    PackedRuns build() {
      return new PackedRuns(order, Arrays.copyOf(packed, size), end);
    }
  }

  private static final class Cursor {
    private final byte[] packed;
    private int at;

    Cursor(byte[] packed) {
      this.packed = packed;
    }

    boolean hasNext() {
      return at < packed.length;
    }

    int next() {
      int zigzag = 0;
      int shift = 0;
      while (packed[at] < 0) {
        zigzag |= (packed[at++] & 0x7F) << shift;
        shift += 7;
      }
      zigzag |= packed[at++] << shift;
      return zigzag >>> 1 ^ -(zigzag & 1);
    }
  }
}
