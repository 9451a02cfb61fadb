package dev.synthorax.client.image.codec;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads JPEG of the extended sequential process with Huffman codes: one component of 8 or 12 bits.
 *
 * @see <a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annexes B and F</a>
 */
public final class ExtendedJpeg {
  private static final int[] ZIGZAG = {
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63
  };
  private static final int MAX_SIZE = 15;

  private final CodedBytes input;
  private final int maxSidePixels;
  private final int[][] steps = new int[4][];
  private final @Nullable HuffmanTable[] lowTables = new HuffmanTable[4];
  private final @Nullable HuffmanTable[] highTables = new HuffmanTable[4];
  private int precision;
  private int width;
  private int height;
  private int stepsIndex;
  private int restartInterval;

  private ExtendedJpeg(CodedBytes input, int maxSidePixels) {
    this.input = input;
    this.maxSidePixels = maxSidePixels;
  }

  /**
   * Decodes an image.
   *
   * <p>The size is checked before memory is taken for it; the time is bounded by the size.
   *
   * @param coded the whole image; borrowed
   * @param maxSidePixels the largest width and height accepted, at least 1
   * @throws IOException if the bytes are no such JPEG, are damaged, truncated or too large; the
   *     message is one line
   */
  public static Samples decode(byte[] coded, int maxSidePixels) throws IOException {
    requireNonNull(coded, "coded");
    return new ExtendedJpeg(new CodedBytes("JPEG", coded), maxSidePixels).decode();
  }

  private Samples decode() throws IOException {
    if (input.unsigned16() != 0xFFD8) {
      throw input.unsupported("no start of image", "FF D8");
    }
    while (true) {
      int marker = marker();
      CodedBytes segment = input.segment();
      switch (marker) {
        case 0xC0, 0xC1 -> readFrame(segment);
        case 0xC4 -> readTables(segment);
        case 0xDB -> readSteps(segment);
        case 0xDD -> restartInterval = segment.unsigned16();
        case 0xDA -> {
          return readScan(segment);
        }
        default -> {
          boolean passedOver = (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
          if (!passedOver) {
            throw input.unsupported("marker FF" + Integer.toHexString(marker), "extended process");
          }
        }
      }
    }
  }

  private int marker() throws IOException {
    if (input.unsigned8() != 0xFF) {
      throw input.damaged("no marker at byte " + (input.at() - 1), "FF");
    }
    int code = input.unsigned8();
    while (code == 0xFF) {
      code = input.unsigned8();
    }
    return code;
  }

  private void readFrame(CodedBytes segment) throws IOException {
    precision = segment.unsigned8();
    height = segment.unsigned16();
    width = segment.unsigned16();
    int components = segment.unsigned8();
    if ((precision != 8 && precision != 12) || components != 1) {
      throw segment.unsupported(
          components + " components of " + precision + " bits", "1 of 8 or 12 bits");
    }
    segment.requireSides(width, height, maxSidePixels);
    segment.unsigned16(); // name and sampling, which mean nothing for one component
    stepsIndex = segment.unsigned8() & 3;
  }

  private void readSteps(CodedBytes segment) throws IOException {
    while (segment.left() > 0) {
      int kind = segment.unsigned8();
      int[] table = new int[64];
      for (int i = 0; i < 64; i++) {
        table[ZIGZAG[i]] = kind >> 4 == 0 ? segment.unsigned8() : segment.unsigned16();
      }
      steps[kind & 3] = table;
    }
  }

  private void readTables(CodedBytes segment) throws IOException {
    while (segment.left() > 0) {
      int kind = segment.unsigned8();
      (kind >> 4 == 0 ? lowTables : highTables)[kind & 3] = HuffmanTable.read(segment);
    }
  }

  private Samples readScan(CodedBytes segment) throws IOException {
    int components = segment.unsigned8();
    segment.unsigned8();
    int tables = segment.unsigned8();
    HuffmanTable low = lowTables[tables >> 4 & 3];
    HuffmanTable high = highTables[tables & 3];
    int[] step = steps[stepsIndex];
    if (components != 1 || width == 0 || low == null || high == null || step == null) {
      throw input.damaged("frame or tables missing", "both before the scan");
    }
    char[] values = new char[width * height];
    HuffmanBits bits = new HuffmanBits(input);
    InverseCosine cosine = new InverseCosine(precision);
    int[] block = new int[64];
    int mean = 0;
    int blocks = 0;
    for (int y = 0; y < height; y += 8) {
      for (int x = 0; x < width; x += 8) {
        if (restartInterval > 0 && blocks > 0 && blocks % restartInterval == 0) {
          bits.restart((blocks / restartInterval - 1) % 8);
          mean = 0;
        }
        mean = readBlock(bits, low, high, step, mean, block);
        cosine.store(block, values, x, y, width, height);
        blocks++;
      }
    }
    return new Samples(width, height, 1, precision, values);
  }

  /** Reads the coefficients of a block, and returns the first one, not yet multiplied. */
  private int readBlock(
      HuffmanBits bits, HuffmanTable low, HuffmanTable high, int[] step, int mean, int[] block)
      throws IOException {
    Arrays.fill(block, 0);
    int size = low.decode(bits);
    if (size > MAX_SIZE) {
      throw input.damaged("a coefficient of " + size + " bits", "at most " + MAX_SIZE);
    }
    int first = (short) (mean + bits.signed(size));
    block[0] = first * step[0];
    for (int i = 1; i < 64; i++) {
      int code = high.decode(bits);
      int bitsOfValue = code & 0xF;
      int zeros = code >> 4;
      if (bitsOfValue == 0 && zeros < 15) {
        break;
      }
      i += zeros;
      if (i > 63) {
        throw input.damaged("more than 64 coefficients", "64 a block");
      }
      if (bitsOfValue > 0) {
        block[ZIGZAG[i]] = bits.signed(bitsOfValue) * step[ZIGZAG[i]];
      }
    }
    return first;
  }
}
