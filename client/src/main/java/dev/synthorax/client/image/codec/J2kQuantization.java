package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The step sizes of a component's subbands.
 *
 * @param guardBits bits more than the largest sample needs
 * @param style 0 none, 1 derived from the first, 2 one a subband
 * @param steps exponent in the bits from 11 on, mantissa below; in the order LL, HL, LH, HH ...
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, A.6.4 and annex E</a>
 */
record J2kQuantization(int guardBits, int style, List<Integer> steps) {
  J2kQuantization {
    steps = List.copyOf(steps);
  }

  static J2kQuantization read(CodedBytes segment) throws IOException {
    int first = segment.unsigned8();
    int style = first & 0x1F;
    if (style > 2) {
      throw segment.damaged("quantization " + style, "0 to 2");
    }
    List<Integer> steps = new ArrayList<>();
    while (segment.left() >= (style == 0 ? 1 : 2)) {
      steps.add(style == 0 ? segment.unsigned8() >> 3 << 11 : segment.unsigned16());
    }
    return new J2kQuantization(first >> 5, style, steps);
  }

  /** Returns whether all subbands of {@code levels} decompositions have a step. */
  boolean covers(int levels) {
    return steps.size() >= (style == 1 ? 1 : 3 * levels + 1);
  }

  /**
   * Returns a subband's exponent.
   *
   * @param band 0 is LL, 1 to 3 HL, LH and HH of resolution 1, and so on
   */
  int exponent(int band) {
    if (style == 1) {
      return Math.max(0, (steps.getFirst() >> 11) - Math.max(0, (band - 1) / 3));
    }
    return steps.get(band) >> 11;
  }

  /** Returns the step of a subband whose samples have {@code bits} bits. */
  double step(int band, int bits) {
    int mantissa = steps.get(style == 1 ? 0 : band) & 0x7FF;
    return StrictMath.scalb(1 + mantissa / 2048.0, bits - exponent(band));
  }

  /** Returns the number of bit planes of a subband's magnitudes. */
  int bitPlanes(int band) {
    return guardBits + exponent(band) - 1;
  }
}
