package dev.synthorax.engine;

/** The upper half of a single: its sign, its exponent and 7 bits of its mantissa. */
public final class Bfloat16 {
  private static final int LOW_BITS = 16;

  /** The highest bit of the mantissa: set in every quiet NaN. */
  private static final int QUIET = 1 << 6;

  private Bfloat16() {}

  /** The same number as a float. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << LOW_BITS);
  }

  /** Rounded to nearest, ties to even; a NaN stays one. */
  public static short ofFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> LOW_BITS) | QUIET); // cannot end as an infinity
    }
    int odd = (bits >>> LOW_BITS) & 1;
    return (short) ((bits + 0x7fff + odd) >>> LOW_BITS);
  }
}
