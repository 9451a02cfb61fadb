package dev.synthorax.client.image.codec;

import java.io.IOException;

/**
 * What a preset segment sets; 0 where it leaves the default.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.87">ITU-T T.87, C.2.4.1.1</a>
 */
record JpegLsPresets(int maxValue, int t1, int t2, int t3, int reset) {
  static final JpegLsPresets DEFAULT = new JpegLsPresets(0, 0, 0, 0, 0);

  private static final int DEFAULT_RESET = 64;

  static JpegLsPresets read(CodedBytes segment) throws IOException {
    return new JpegLsPresets(
        segment.unsigned16(),
        segment.unsigned16(),
        segment.unsigned16(),
        segment.unsigned16(),
        segment.unsigned16());
  }

  /** Returns the parameters of a scan, checked. */
  JpegLsCoding coding(CodedBytes segment, int precision, int near) throws IOException {
    int deepest = (1 << precision) - 1;
    int max = maxValue == 0 ? deepest : maxValue;
    int most = Math.max(255, max);
    boolean fits = max <= deepest && near <= Math.min(255, max / 2);
    int first = t1 == 0 ? threshold(max, near, 3, 2, 3, near + 1) : t1;
    int second = t2 == 0 ? threshold(max, near, 7, 3, 5, first) : t2;
    int third = t3 == 0 ? threshold(max, near, 21, 4, 7, second) : t3;
    int halving = reset == 0 ? DEFAULT_RESET : reset;
    boolean ordered = near < first && first <= second && second <= third && third <= max;
    if (!fits || !ordered || halving < 3 || halving > most) {
      throw segment.damaged(
          "presets " + this + " for " + precision + " bits, near " + near,
          "near < t1 <= t2 <= t3 <= maxValue, reset 3 to " + most);
    }
    return new JpegLsCoding(max, near, first, second, third, halving);
  }

  /** The default thresholds, from those of 8 bits. */
  private static int threshold(int max, int near, int basic, int least, int slope, int lowest) {
    int value;
    if (max >= 128) {
      int factor = (Math.min(max, 4095) + 128) >> 8;
      value = factor * (basic - least) + least + slope * near;
    } else {
      int factor = 256 / (max + 1);
      value = Math.max(least, basic / factor + slope * near);
    }
    return value > max || value < lowest ? lowest : value;
  }
}
