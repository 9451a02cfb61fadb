package dev.synthorax.client.image.codec;

import java.util.Arrays;

/**
 * Decodes code-blocks: bit planes in three passes each. One thread.
 *
 * <p>A sample's flags hold which of its neighbours are significant and which of the four next to it
 * are negative, so that a context is one look-up. A frame of one sample lies around the block.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, annex D</a>
 */
final class J2kBlockDecoder {
  /** More magnitude bits are not read; 16-bit samples need 20. */
  static final int MAX_PLANES = 29;

  private static final int WEST = 1;
  private static final int EAST = 2;
  private static final int NORTH = 4;
  private static final int SOUTH = 8;
  private static final int NORTH_WEST = 16;
  private static final int NORTH_EAST = 32;
  private static final int SOUTH_WEST = 64;
  private static final int SOUTH_EAST = 128;
  private static final int NEIGHBOURS = 255;
  private static final int SIGN_SHIFT = 8;
  private static final int SIGNIFICANT = 1 << 12;
  private static final int VISITED = 1 << 13;
  private static final int REFINED = 1 << 14;
  private static final int NEGATIVE = 1 << 15;
  private static final int NOT_SOUTH = ~(SOUTH | SOUTH_WEST | SOUTH_EAST | SOUTH << SIGN_SHIFT);
  private static final int RUN = 17;
  private static final int UNIFORM = 18;
  private static final byte[][] ZERO_CONTEXTS = zeroContexts();

  private final MqDecoder coded = new MqDecoder();
  private final RawBits raw = new RawBits();
  private int[] flags = new int[0];
  private int[] magnitudes = new int[0];
  private int width;
  private int height;
  private int row; // cells from one line of flags to the next
  private boolean causal;
  private byte[] zeros = ZERO_CONTEXTS[0];

  /**
   * Decodes a block.
   *
   * @param planes magnitude bits of its subband
   * @return twice the magnitudes, plus one for half of what is not known, negated where negative;
   *     row by row; valid until the next call
   */
  int[] decode(J2kBlock block, int orientation, int planes, J2kCoding coding) {
    width = block.area().width();
    height = block.area().height();
    row = width + 2;
    causal = coding.has(J2kCoding.CAUSAL);
    zeros = ZERO_CONTEXTS[orientation];
    int cells = row * (height + 2);
    if (flags.length < cells) {
      flags = new int[cells];
      magnitudes = new int[cells];
    }
    Arrays.fill(flags, 0, cells, 0);
    Arrays.fill(magnitudes, 0, width * height, 0);
    coded.resetContexts();
    int plane = planes - block.zeroPlanes(); // of doubled magnitudes
    int kind = 2;
    int done = 0;
    for (J2kBlock.Segment segment : block.segments()) {
      boolean plain = coding.has(J2kCoding.BYPASS) && done >= 10 && kind < 2;
      if (plain) {
        raw.start(segment.bytes());
      } else {
        coded.start(segment.bytes(), 0, segment.bytes().length);
      }
      for (int pass = 0; pass < segment.passes() && plane >= 1; pass++) {
        switch (kind) {
          case 0 -> significance(plane, plain);
          case 1 -> refinement(plane, plain);
          default -> cleanup(plane, coding.has(J2kCoding.SEGMENTATION));
        }
        if (coding.has(J2kCoding.RESET)) {
          coded.resetContexts();
        }
        done++;
        kind = (kind + 1) % 3;
        if (kind == 0) {
          plane--;
        }
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if ((flags[(y + 1) * row + x + 1] & NEGATIVE) != 0) {
          magnitudes[y * width + x] = -magnitudes[y * width + x];
        }
      }
    }
    return magnitudes;
  }

  private int seen(int at, int y) {
    return causal && (y & 3) == 3 ? flags[at] & NOT_SOUTH : flags[at];
  }

  private void significance(int plane, boolean plain) {
    for (int top = 0; top < height; top += 4) {
      int bottom = Math.min(height, top + 4);
      for (int x = 0; x < width; x++) {
        for (int y = top; y < bottom; y++) {
          int at = (y + 1) * row + x + 1;
          int seen = seen(at, y);
          if ((seen & SIGNIFICANT) == 0 && (seen & NEIGHBOURS) != 0) {
            int bit = plain ? raw.bit() : coded.decide(zeros[seen & NEIGHBOURS]);
            if (bit == 1) {
              setSignificant(at, y, x, plane, plain ? raw.bit() : sign(seen));
            }
            flags[at] |= VISITED;
          }
        }
      }
    }
  }

  private void refinement(int plane, boolean plain) {
    int half = 1 << (plane - 1);
    for (int top = 0; top < height; top += 4) {
      int bottom = Math.min(height, top + 4);
      for (int x = 0; x < width; x++) {
        for (int y = top; y < bottom; y++) {
          int at = (y + 1) * row + x + 1;
          if ((flags[at] & (SIGNIFICANT | VISITED)) == SIGNIFICANT) {
            int context = 16;
            if ((flags[at] & REFINED) == 0) {
              context = (seen(at, y) & NEIGHBOURS) != 0 ? 15 : 14;
            }
            int bit = plain ? raw.bit() : coded.decide(context);
            magnitudes[y * width + x] += bit == 1 ? half : -half;
            flags[at] |= REFINED;
          }
        }
      }
    }
  }

  private void cleanup(int plane, boolean segmentation) {
    for (int top = 0; top < height; top += 4) {
      int bottom = Math.min(height, top + 4);
      for (int x = 0; x < width; x++) {
        int y = top;
        boolean known = false;
        if (bottom - top == 4 && isQuiet(top, x)) {
          if (coded.decide(RUN) == 0) {
            continue;
          }
          y += coded.decide(UNIFORM) << 1;
          y += coded.decide(UNIFORM);
          known = true;
        }
        for (; y < bottom; y++) {
          int at = (y + 1) * row + x + 1;
          int seen = seen(at, y);
          if (known || ((seen & (SIGNIFICANT | VISITED)) == 0 && decideZero(seen))) {
            setSignificant(at, y, x, plane, sign(seen));
          }
          known = false;
        }
      }
    }
    for (int y = 1; y <= height; y++) {
      for (int at = y * row + 1; at <= y * row + width; at++) {
        flags[at] &= ~VISITED;
      }
    }
    if (segmentation) {
      for (int i = 0; i < 4; i++) {
        coded.decide(UNIFORM);
      }
    }
  }

  private boolean decideZero(int seen) {
    return coded.decide(zeros[seen & NEIGHBOURS]) == 1;
  }

  /** Returns whether nothing is known in and around a column of four. */
  private boolean isQuiet(int top, int x) {
    int any = 0;
    for (int y = top; y < top + 4; y++) {
      any |= seen((y + 1) * row + x + 1, y);
    }
    return (any & (NEIGHBOURS | SIGNIFICANT | VISITED)) == 0;
  }

  private void setSignificant(int at, int y, int x, int plane, int negative) {
    magnitudes[y * width + x] = 3 << (plane - 1);
    flags[at] |= SIGNIFICANT | (negative == 1 ? NEGATIVE : 0);
    int sign = negative << SIGN_SHIFT;
    flags[at - 1] |= EAST | EAST * sign;
    flags[at + 1] |= WEST | WEST * sign;
    flags[at - row] |= SOUTH | SOUTH * sign;
    flags[at + row] |= NORTH | NORTH * sign;
    flags[at - row - 1] |= SOUTH_EAST;
    flags[at - row + 1] |= SOUTH_WEST;
    flags[at + row - 1] |= NORTH_EAST;
    flags[at + row + 1] |= NORTH_WEST;
  }

  /** Decodes a sign: 1 is negative. Tables D.2 and D.3. */
  private int sign(int seen) {
    int horizontal = contribution(seen, WEST) + contribution(seen, EAST);
    int vertical = contribution(seen, NORTH) + contribution(seen, SOUTH);
    int h = Integer.signum(horizontal);
    int v = Integer.signum(vertical);
    int flip = h < 0 || (h == 0 && v < 0) ? 1 : 0;
    if (flip == 1) {
      h = -h;
      v = -v;
    }
    int context = h == 0 ? 9 + v : 12 + v;
    return coded.decide(context) ^ flip;
  }

  private static int contribution(int seen, int side) {
    if ((seen & side) == 0) {
      return 0;
    }
    return (seen & side << SIGN_SHIFT) == 0 ? 1 : -1;
  }

  /** Table D.1, for LL, HL, LH and HH. */
  private static byte[][] zeroContexts() {
    byte[][] contexts = new byte[4][256];
    for (int flags = 0; flags < 256; flags++) {
      int h = Integer.bitCount(flags & (WEST | EAST));
      int v = Integer.bitCount(flags & (NORTH | SOUTH));
      int d = Integer.bitCount(flags & (NORTH_WEST | NORTH_EAST | SOUTH_WEST | SOUTH_EAST));
      contexts[0][flags] = (byte) alongContext(h, v, d);
      contexts[1][flags] = (byte) alongContext(v, h, d);
      contexts[2][flags] = contexts[0][flags];
      contexts[3][flags] = (byte) diagonalContext(h + v, d);
    }
    return contexts;
  }

  private static int alongContext(int along, int across, int diagonal) {
    if (along == 2) {
      return 8;
    }
    if (along == 1) {
      return across > 0 ? 7 : diagonal > 0 ? 6 : 5;
    }
    return across > 0 ? 2 + across : Math.min(2, diagonal);
  }

  private static int diagonalContext(int beside, int diagonal) {
    return switch (diagonal) {
      case 0 -> Math.min(2, beside);
      case 1 -> 3 + Math.min(2, beside);
      case 2 -> beside > 0 ? 7 : 6;
      default -> 8;
    };
  }
}
