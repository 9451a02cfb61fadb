package dev.synthorax.client.image.codec;

/**
 * The parameters of a scan.
 *
 * @param maxValue the highest sample
 * @param near how far a decoded sample may be from the original
 * @param t1 smallest threshold of gradients
 * @param t2 middle threshold
 * @param t3 largest threshold
 * @param reset after how many samples a context forgets half of them
 */
record JpegLsCoding(int maxValue, int near, int t1, int t2, int t3, int reset) {
  /** Returns how many values a prediction error has. */
  int range() {
    return near == 0 ? maxValue + 1 : (maxValue + 2 * near) / (2 * near + 1) + 1;
  }

  int errorBits() {
    return bits(range());
  }

  /** Returns the longest code of a prediction error. */
  int limit() {
    int bits = Math.max(2, bits(maxValue + 1));
    return 2 * (bits + Math.max(8, bits));
  }

  private static int bits(int values) {
    return 32 - Integer.numberOfLeadingZeros(values - 1);
  }

  /** Returns the region of a gradient, -4..4. */
  int region(int gradient) {
    if (gradient < 0) {
      return -region(-gradient);
    }
    if (gradient <= near) {
      return 0;
    }
    if (gradient < t1) {
      return 1;
    }
    if (gradient < t2) {
      return 2;
    }
    return gradient < t3 ? 3 : 4;
  }

  /** Returns the sample that lies {@code error} steps from its prediction, modulo the range. */
  int reconstruct(int prediction, int error) {
    int step = 2 * near + 1;
    int value = prediction + error * step;
    if (value < -near) {
      value += range() * step;
    } else if (value > maxValue + near) {
      value -= range() * step;
    }
    return Math.clamp(value, 0, maxValue);
  }
}
