package dev.synthorax.client.image.codec;

import java.util.Arrays;

/**
 * The adaptive arithmetic decoder of JPEG 2000. Behind its bytes it reads ones, as the standard
 * asks.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, annex C</a>
 */
final class MqDecoder {
  private static final int CONTEXTS = 19;

  /** Table C.2, a state in each row: probability, next state after more, after less, switch. */
  private static final int[][] STATES = {
    {0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0},
    {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0}, {0x5601, 7, 6, 1}, {0x5401, 8, 14, 0},
    {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
    {0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0},
    {0x5101, 17, 15, 0}, {0x4801, 18, 16, 0}, {0x3801, 19, 17, 0}, {0x3401, 20, 18, 0},
    {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
    {0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0},
    {0x1201, 29, 26, 0}, {0x1101, 30, 27, 0}, {0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0},
    {0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02A1, 36, 33, 0},
    {0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0},
    {0x0049, 41, 38, 0}, {0x0025, 42, 39, 0}, {0x0015, 43, 40, 0}, {0x0009, 44, 41, 0},
    {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0},
  };

  private static final int[] PROBABILITIES = column(0);
  private static final int[] AFTER_MORE = column(1);
  private static final int[] AFTER_LESS = column(2);
  private static final int[] SWITCHES = column(3);

  private final int[] state = new int[CONTEXTS];
  private final int[] likely = new int[CONTEXTS];
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int code;
  private int interval;
  private int shifts;

  MqDecoder() {
    resetContexts();
  }

  private static int[] column(int index) {
    return Arrays.stream(STATES).mapToInt(row -> row[index]).toArray();
  }

  /** Brings every context to where it starts, table D.7. */
  void resetContexts() {
    Arrays.fill(state, 0);
    Arrays.fill(likely, 0);
    state[0] = 4;
    state[17] = 3;
    state[18] = 46;
  }

  /** Starts with the bytes {@code begin..end - 1}; contexts stay as they are. */
  void start(byte[] source, int begin, int behind) {
    bytes = source;
    at = begin;
    end = behind;
    code = byteAt(at) << 16;
    readByte();
    code <<= 7;
    shifts -= 7;
    interval = 0x8000;
  }

  private int byteAt(int index) {
    return index < end ? bytes[index] & 0xFF : 0xFF;
  }

  private void readByte() {
    int next = byteAt(at + 1);
    if (byteAt(at) == 0xFF && next > 0x8F) {
      code += 0xFF00;
      shifts = 8;
    } else if (byteAt(at) == 0xFF) {
      at++;
      code += next << 9;
      shifts = 7;
    } else {
      at++;
      code += next << 8;
      shifts = 8;
    }
  }

  /** Returns the next decision in a context, 0..18. */
  int decide(int context) {
    int probability = PROBABILITIES[state[context]];
    interval -= probability;
    int decision;
    if (code >>> 16 < probability) {
      boolean more = interval < probability;
      interval = probability;
      decision = exchange(context, more);
    } else {
      code -= probability << 16;
      if ((interval & 0x8000) != 0) {
        return likely[context];
      }
      decision = exchange(context, interval >= probability);
    }
    do {
      if (shifts == 0) {
        readByte();
      }
      interval <<= 1;
      code <<= 1;
      shifts--;
    } while ((interval & 0x8000) == 0);
    return decision;
  }

  private int exchange(int context, boolean more) {
    int decision = likely[context];
    int before = state[context];
    if (more) {
      state[context] = AFTER_MORE[before];
      return decision;
    }
    likely[context] ^= SWITCHES[before];
    state[context] = AFTER_LESS[before];
    return 1 - decision;
  }
}
