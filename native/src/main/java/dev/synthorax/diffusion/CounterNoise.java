package dev.synthorax.diffusion;

/**
 * Standard normal noise that is a pure function of (seed, image, step, element): Philox4x32-10 and
 * the Box-Muller transform over {@link StrictMath}, so every JVM gives the same bits and no draw
 * depends on another.
 *
 * @see <a href="https://doi.org/10.1145/2063384.2063405">Salmon et al., Parallel random numbers: as
 *     easy as 1, 2, 3</a>
 */
public final class CounterNoise {
  private static final int WORDS = 4;
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final double TWO_TO_MINUS_32 = 0x1p-32;

  private CounterNoise() {}

  /**
   * Fills {@code target} with independent standard normal values.
   *
   * @param seed any 64 bits
   * @param image any 64 bits; 0 for an image with a seed of its own
   * @param step 0 for the starting latents, then one more for each step that draws
   */
  public static void normal(long seed, long image, int step, float[] target) {
    normal(seed, image, step, 0, target, target.length);
  }

  /**
   * The same from the middle on.
   *
   * @param first element that {@code target} begins with, a multiple of 4
   * @param count of elements
   */
  static void normal(long seed, long image, int step, int first, float[] target, int count) {
    int[] words = new int[WORDS];
    for (int start = 0; start < count; start += WORDS) {
      words[0] = (first + start) / WORDS;
      words[1] = step;
      words[2] = (int) image;
      words[3] = (int) (image >>> 32);
      philox(words, (int) seed, (int) (seed >>> 32));
      for (int pair = 0; pair < WORDS && start + pair < count; pair += 2) {
        double radius =
            StrictMath.sqrt(-2 * StrictMath.log((unsigned(words[pair]) + 1) * TWO_TO_MINUS_32));
        double angle = 2 * Math.PI * (unsigned(words[pair + 1]) * TWO_TO_MINUS_32);
        target[start + pair] = (float) (radius * StrictMath.cos(angle));
        if (start + pair + 1 < count) {
          target[start + pair + 1] = (float) (radius * StrictMath.sin(angle));
        }
      }
    }
  }

  private static double unsigned(int word) {
    return Integer.toUnsignedLong(word);
  }

  /** Encrypts the four counter words in place under a key of two words. */
  static void philox(int[] counter, int key0, int key1) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * Integer.toUnsignedLong(counter[0]);
      long product1 = MULTIPLIER_1 * Integer.toUnsignedLong(counter[2]);
      counter[0] = (int) (product1 >>> 32) ^ counter[1] ^ key0;
      counter[1] = (int) product1;
      counter[2] = (int) (product0 >>> 32) ^ counter[3] ^ key1;
      counter[3] = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
  }
}
