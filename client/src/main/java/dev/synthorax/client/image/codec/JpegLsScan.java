package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes the lines of one scan.
 *
 * <p>A line has one cell more on either side: before it the sample that stands for the left
 * neighbour of the first one, behind it the last one again.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.87">ITU-T T.87, annex A</a>
 */
final class JpegLsScan {
  private static final int[] RUN_ORDER = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15
  };
  private static final int CONTEXTS = 365;
  private static final int MIN_CORRECTION = -128;
  private static final int MAX_CORRECTION = 127;
  private static final int MAX_CODE_BITS = 24;

  private final JpegLsCoding coding;
  private final JpegLsBits bits;
  private final int width;
  private final int[][] lines;
  private final int[][] above;
  private final int[] runIndex;
  private final int limit;
  private final int errorBits;
  private final int[] magnitude = new int[CONTEXTS + 2];
  private final int[] bias = new int[CONTEXTS];
  private final int[] correction = new int[CONTEXTS];
  private final int[] count = new int[CONTEXTS + 2];
  private final int[] negatives = new int[2];

  JpegLsScan(JpegLsCoding coding, JpegLsBits bits, int width, int components) {
    this.coding = coding;
    this.bits = bits;
    this.width = width;
    this.lines = new int[components][width + 2];
    this.above = new int[components][width + 2];
    this.runIndex = new int[components];
    this.limit = coding.limit();
    this.errorBits = coding.errorBits();
    Arrays.fill(magnitude, Math.max(2, (coding.range() + 32) >> 6));
    Arrays.fill(count, 1);
  }

  /** Returns the line read last; its samples are the cells 1 to width. */
  int[] line(int component) {
    return lines[component];
  }

  /** Reads the next line of every component. */
  void readLine(boolean bySample) throws IOException {
    for (int c = 0; c < lines.length; c++) {
      int[] done = lines[c];
      lines[c] = above[c];
      above[c] = done;
      done[width + 1] = done[width];
      lines[c][0] = done[1];
    }
    if (bySample) {
      readTogether();
    } else {
      for (int c = 0; c < lines.length; c++) {
        readAlone(c);
      }
    }
  }

  private void readAlone(int c) throws IOException {
    int[] line = lines[c];
    int[] up = above[c];
    int x = 1;
    while (x <= width) {
      if (!isFlat(line, up, x)) {
        line[x] = sample(line, up, x);
        x++;
        continue;
      }
      int run = run(c, width - x + 1);
      Arrays.fill(line, x, x + run, line[x - 1]);
      x += run;
      if (x <= width) {
        boolean same = Math.abs(line[x - 1] - up[x]) <= coding.near();
        line[x] = interruption(line[x - 1], up[x], same, runIndex[c]);
        runIndex[c] = Math.max(0, runIndex[c] - 1);
        x++;
      }
    }
  }

  private void readTogether() throws IOException {
    int x = 1;
    while (x <= width) {
      boolean flat = true;
      for (int c = 0; c < lines.length && flat; c++) {
        flat = isFlat(lines[c], above[c], x);
      }
      int run = flat ? run(0, width - x + 1) : 0;
      for (int[] line : lines) {
        Arrays.fill(line, x, x + run, line[x - 1]);
      }
      x += run;
      if (x > width) {
        return;
      }
      for (int c = 0; c < lines.length; c++) {
        lines[c][x] =
            flat
                ? interruption(lines[c][x - 1], above[c][x], false, runIndex[0])
                : sample(lines[c], above[c], x);
      }
      if (flat) {
        runIndex[0] = Math.max(0, runIndex[0] - 1);
      }
      x++;
    }
  }

  private boolean isFlat(int[] line, int[] up, int x) {
    int near = coding.near();
    return Math.abs(up[x + 1] - up[x]) <= near
        && Math.abs(up[x] - up[x - 1]) <= near
        && Math.abs(up[x - 1] - line[x - 1]) <= near;
  }

  /** Reads a sample by its gradients, A.4 to A.6. */
  private int sample(int[] line, int[] up, int x) throws IOException {
    int left = line[x - 1];
    int over = up[x];
    int corner = up[x - 1];
    int context =
        81 * coding.region(up[x + 1] - over)
            + 9 * coding.region(over - corner)
            + coding.region(corner - left);
    int sign = context < 0 ? -1 : 1;
    context *= sign;
    int prediction = median(left, over, corner) + sign * correction[context];
    prediction = Math.clamp(prediction, 0, coding.maxValue());
    int order = order(count[context], magnitude[context]);
    int mapped = code(order, limit);
    boolean turned = coding.near() == 0 && order == 0 && 2 * bias[context] <= -count[context];
    int error = (mapped & 1) == 0 ? mapped >> 1 : -((mapped + 1) >> 1);
    if (turned) {
      error = -error - 1;
    }
    update(context, error);
    return coding.reconstruct(prediction, sign * error);
  }

  private static int median(int left, int over, int corner) {
    int low = Math.min(left, over);
    int high = Math.max(left, over);
    if (corner >= high) {
      return low;
    }
    return corner <= low ? high : left + over - corner;
  }

  private void update(int context, int error) {
    int b = bias[context] + error * (2 * coding.near() + 1);
    magnitude[context] += Math.abs(error);
    if (count[context] == coding.reset()) {
      magnitude[context] >>= 1;
      b >>= 1;
      count[context] >>= 1;
    }
    int n = ++count[context];
    if (b <= -n) {
      b = Math.max(b + n, 1 - n);
      correction[context] = Math.max(MIN_CORRECTION, correction[context] - 1);
    } else if (b > 0) {
      b = Math.min(b - n, 0);
      correction[context] = Math.min(MAX_CORRECTION, correction[context] + 1);
    }
    bias[context] = b;
  }

  /** Reads how many samples repeat the one before, A.7.1. */
  private int run(int index, int left) throws IOException {
    int run = 0;
    while (bits.bit() == 1) {
      int step = 1 << RUN_ORDER[runIndex[index]];
      if (step > left - run) {
        return left;
      }
      run += step;
      runIndex[index] = Math.min(RUN_ORDER.length - 1, runIndex[index] + 1);
      if (run == left) {
        return left;
      }
    }
    run += bits.bits(RUN_ORDER[runIndex[index]]);
    if (run >= left) {
      throw bits.damaged("a run beyond its line", "within " + width);
    }
    return run;
  }

  /** Reads the sample that ends a run, A.7.2. */
  private int interruption(int left, int over, boolean same, int index) throws IOException {
    int type = same ? 1 : 0;
    int context = CONTEXTS + type;
    int n = count[context];
    int order = order(n, magnitude[context] + (same ? n >> 1 : 0));
    int mapped = code(order, limit - RUN_ORDER[index] - 1);
    int doubled = mapped + type;
    int odd = doubled & 1;
    int error = (doubled + odd) >> 1;
    if ((order != 0 || 2 * negatives[type] >= n) == (odd == 1)) {
      error = -error;
    }
    if (error < 0) {
      negatives[type]++;
    }
    magnitude[context] += (mapped + 1 - type) >> 1;
    if (n == coding.reset()) {
      magnitude[context] >>= 1;
      count[context] >>= 1;
      negatives[type] >>= 1;
    }
    count[context]++;
    int sign = !same && left > over ? -1 : 1;
    return coding.reconstruct(same ? left : over, sign * error);
  }

  private int order(int n, int sum) throws IOException {
    int order = 0;
    while (order <= MAX_CODE_BITS && (long) n << order < sum) {
      order++;
    }
    if (order > MAX_CODE_BITS) {
      throw bits.damaged("errors too large to code", "smaller ones");
    }
    return order;
  }

  /** Reads a Golomb code that is at most {@code longest} bits long, A.5.3. */
  private int code(int order, int longest) throws IOException {
    int most = longest - errorBits - 1;
    int zeros = bits.zeros(most);
    return zeros < most ? zeros << order | bits.bits(order) : bits.bits(errorBits) + 1;
  }
}
