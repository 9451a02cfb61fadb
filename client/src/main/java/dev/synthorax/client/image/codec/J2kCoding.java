package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.List;

/**
 * How a component is coded.
 *
 * @param levels of the wavelet decomposition, 0..32
 * @param blockWidthBits of code-blocks, 2..10
 * @param blockHeightBits of code-blocks, 2..10
 * @param style of code-blocks, bits of table A.19
 * @param reversible whether the 5/3 wavelet is used, else the 9/7
 * @param precincts a size for each resolution, width in the low 4 bits, or none for the largest
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, A.6.1</a>
 */
record J2kCoding(
    int levels,
    int blockWidthBits,
    int blockHeightBits,
    int style,
    boolean reversible,
    List<Integer> precincts) {
  static final int BYPASS = 1;
  static final int RESET = 2;
  static final int TERMINATE_ALL = 4;
  static final int CAUSAL = 8;
  static final int SEGMENTATION = 32;

  private static final int HIGH_THROUGHPUT = 64;

  J2kCoding {
    precincts = List.copyOf(precincts);
  }

  /** Reads the parameters that COD and COC share. */
  static J2kCoding read(CodedBytes segment, boolean ownPrecincts) throws IOException {
    int levels = segment.unsigned8();
    int width = (segment.unsigned8() & 0xF) + 2;
    int height = (segment.unsigned8() & 0xF) + 2;
    int style = segment.unsigned8();
    int wavelet = segment.unsigned8();
    if (levels > 32 || width > 10 || height > 10 || width + height > 12 || wavelet > 1) {
      throw segment.damaged(
          levels + " levels, code-blocks of 2^" + width + " x 2^" + height + ", wavelet " + wavelet,
          "at most 32 levels, 4096 samples, wavelet 0 or 1");
    }
    if ((style & HIGH_THROUGHPUT) != 0) {
      throw segment.unsupported("high-throughput code-blocks", "those of part 1");
    }
    Integer[] precincts = new Integer[ownPrecincts ? levels + 1 : 0];
    for (int r = 0; r < precincts.length; r++) {
      int size = segment.unsigned8();
      if (r > 0 && ((size & 0xF) == 0 || size >> 4 == 0)) {
        throw segment.damaged("precincts of one sample", "larger ones but at resolution 0");
      }
      precincts[r] = size;
    }
    return new J2kCoding(levels, width, height, style, wavelet == 1, List.of(precincts));
  }

  boolean has(int flag) {
    return (style & flag) != 0;
  }

  int precinctWidthBits(int resolution) {
    return precincts.isEmpty() ? 15 : precincts.get(resolution) & 0xF;
  }

  int precinctHeightBits(int resolution) {
    return precincts.isEmpty() ? 15 : precincts.get(resolution) >> 4;
  }
}
