package dev.synthorax.client.image.codec;

import java.io.IOException;

/**
 * A tree of minima, whose leaves are learnt bit by bit.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, B.10.2</a>
 */
final class TagTree {
  private final int[] widths;
  private final int[] offsets;
  private final int[] lowest;
  private final boolean[] known;

  TagTree(int width, int height) {
    int levels = 1;
    for (int w = width, h = height; w > 1 || h > 1; w = (w + 1) / 2, h = (h + 1) / 2) {
      levels++;
    }
    widths = new int[levels];
    offsets = new int[levels];
    int nodes = 0;
    int w = width;
    int h = height;
    for (int level = 0; level < levels; level++) {
      widths[level] = w;
      offsets[level] = nodes;
      nodes += w * h;
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
    lowest = new int[nodes];
    known = new boolean[nodes];
  }

  /** Reads on until it is known whether the leaf is less than {@code limit}, and returns that. */
  boolean isBelow(PacketBits bits, int x, int y, int limit) throws IOException {
    int low = 0;
    for (int level = widths.length - 1; level >= 0; level--) {
      int node = offsets[level] + (y >> level) * widths[level] + (x >> level);
      low = Math.max(low, lowest[node]);
      while (low < limit && !known[node]) {
        if (bits.bit() == 1) {
          known[node] = true;
        } else {
          low++;
        }
      }
      lowest[node] = low;
      if (!known[node]) {
        return false; // every leaf below is at least the limit
      }
    }
    return low < limit;
  }

  /** Reads on until the leaf is known, and returns it. */
  int value(PacketBits bits, int x, int y, int most) throws IOException {
    int limit = 1;
    while (!isBelow(bits, x, y, limit)) {
      if (++limit > most + 1) {
        throw bits.damaged("more than " + most + " empty bit planes", "fewer");
      }
    }
    return limit - 1;
  }
}
