package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

/**
 * How a dataset writes a mask as runs: {@code start length start length ...}, numbers between white
 * space.
 *
 * <p>{@code -1} and blank text both stand for a mask without any cell. Where a table tells "absent"
 * ({@code -1}) from "nobody looked" (blank), its reader has to ask before it decodes. A run of
 * length 0 covers nothing.
 *
 * @param start what a start is counted from
 * @param firstIndex the number of the first cell, 0 or 1; with {@link Start#RELATIVE} starts only
 *     the first one is shifted by it
 * @param order which cell follows which
 */
public record RunLengthCoding(Start start, int firstIndex, Order order) {

  /** What the start of a run is counted from. */
  public enum Start {
    /** From the end of the run before it; the first from the first cell. */
    RELATIVE,
    /** From the first cell. Runs ascend and do not overlap. */
    ABSOLUTE
  }

  /** Which cell follows which. */
  public enum Order {
    /** Down the first column, then down the second. */
    COLUMN_MAJOR,
    /** Along the first row, then along the second. */
    ROW_MAJOR
  }

  /** SIIM-ACR Pneumothorax, {@code train-rle.csv}. */
  public static final RunLengthCoding SIIM =
      new RunLengthCoding(Start.RELATIVE, 0, Order.COLUMN_MAJOR);

  /**
   * CANDID-PTX. The dataset does not say where it counts from; two of three public loaders take 0,
   * as this does, the third takes 1, which moves a mask by one pixel.
   */
  public static final RunLengthCoding CANDID =
      new RunLengthCoding(Start.RELATIVE, 0, Order.COLUMN_MAJOR);

  /** CheXmask: the opposite of {@link #SIIM} in all three respects. */
  public static final RunLengthCoding CHEXMASK =
      new RunLengthCoding(Start.ABSOLUTE, 1, Order.ROW_MAJOR);

  /** Most Kaggle competitions. */
  public static final RunLengthCoding KAGGLE_ABS =
      new RunLengthCoding(Start.ABSOLUTE, 1, Order.COLUMN_MAJOR);

  private static final String EMPTY = "-1";

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the first index is neither 0 nor 1
   */
  public RunLengthCoding {
    requireNonNull(start, "start");
    requireNonNull(order, "order");
    if (firstIndex != 0 && firstIndex != 1) {
      throw new IllegalArgumentException("firstIndex: " + firstIndex + " (expected: 0 or 1)");
    }
  }

  /**
   * Reads runs without a mask's size, to keep them in little memory.
   *
   * @param runs {@code -1}, blank, or pairs of numbers
   * @throws IllegalArgumentException if a number is none, is negative or has no partner, or a run
   *     overlaps the one before it; the message names the run, counted from 1, and the value
   */
  public PackedRuns parse(String runs) {
    requireNonNull(runs, "runs");
    PackedRuns.Builder builder = new PackedRuns.Builder(order);
    Numbers numbers = new Numbers(runs);
    long previousEnd = 0;
    for (int run = 1; numbers.skipSpace(); run++) {
      if (run == 1 && runs.strip().equals(EMPTY)) {
        break;
      }
      long first = numbers.next(run, "start");
      if (!numbers.skipSpace()) {
        throw new IllegalArgumentException(
            "run " + run + ": start " + first + " has no length (expected: pairs of numbers)");
      }
      long length = numbers.next(run, "length");
      boolean absolute = start == Start.ABSOLUTE;
      if (run == 1 || absolute) {
        first -= firstIndex;
      }
      long gap = absolute ? first - previousEnd : first;
      if (run == 1 && gap < 0) {
        throw new IllegalArgumentException("run 1: start 0 (expected: >= " + firstIndex + ")");
      }
      if (gap < 0) {
        throw new IllegalArgumentException(
            "run "
                + run
                + ": start "
                + (first + firstIndex)
                + " (expected: at least "
                + (previousEnd + firstIndex)
                + ", the end of run "
                + (run - 1)
                + ")");
      }
      previousEnd += gap + length;
      if (previousEnd > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "run " + run + ": ends at cell " + previousEnd + " (expected: below 2^31)");
      }
      builder.add((int) gap, (int) length);
    }
    return builder.build();
  }

  /**
   * Returns the mask that {@code runs} describe.
   *
   * @param runs {@code -1}, blank, or pairs of numbers
   * @param width cells in a row, at least 1
   * @param height rows, at least 1
   * @throws IllegalArgumentException as {@link #parse} does, or if a run ends outside the mask
   */
  public BinaryMask decode(String runs, int width, int height) {
    return parse(runs).toMask(width, height);
  }

  /** Returns the runs of {@code mask}, {@code -1} if it is empty. */
  public String encode(BinaryMask mask) {
    requireNonNull(mask, "mask");
    StringBuilder text = new StringBuilder();
    byte[] cells = mask.toBytes();
    int width = mask.width();
    int height = mask.height();
    int previousEnd = start == Start.ABSOLUTE ? -firstIndex : 0;
    int position = 0;
    while (position < cells.length) {
      int begin = position;
      while (position < cells.length && cells[cell(position, width, height)] != 0) {
        position++;
      }
      if (position > begin) {
        int first =
            begin - previousEnd + (text.isEmpty() && start == Start.RELATIVE ? firstIndex : 0);
        text.append(text.isEmpty() ? "" : " ").append(first).append(' ').append(position - begin);
        if (start == Start.RELATIVE) {
          previousEnd = position;
        }
      } else {
        position++;
      }
    }
    return text.isEmpty() ? EMPTY : text.toString();
  }

  private int cell(int position, int width, int height) {
    return switch (order) {
      case ROW_MAJOR -> position;
      case COLUMN_MAJOR -> position % height * width + position / height;
    };
  }

  /** Takes non-negative whole numbers off a text one by one. */
  private static final class Numbers {
    private final String text;
    private int at;

    Numbers(String text) {
      this.text = text;
    }

    /** Moves to the next number; false at the end. */
    boolean skipSpace() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return at < text.length();
    }

    long next(int run, String what) {
      int begin = at;
      long value = 0;
      boolean number = true;
      while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
        int digit = text.charAt(at++) - '0';
        number &= digit >= 0 && digit <= 9;
        value = Math.min(Integer.MAX_VALUE + 1L, value * 10 + digit);
      }
      if (!number || value > Integer.MAX_VALUE) {
        String token = text.substring(begin, Math.min(at, begin + 20));
        throw new IllegalArgumentException(
            "run "
                + run
                + ": "
                + what
                + " '"
                + token
                + "' (expected: a whole number from 0 to 2147483647)");
      }
      return value;
    }
  }
}
