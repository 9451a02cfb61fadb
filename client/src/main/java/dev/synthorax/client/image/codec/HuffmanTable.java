package dev.synthorax.client.image.codec;

import java.io.IOException;

/**
 * A Huffman code of up to 16 bits.
 *
 * @see <a href="https://www.w3.org/Graphics/JPEG/itu-t81.pdf">ITU-T T.81, annexes C and F.2.2.3</a>
 */
final class HuffmanTable {
  private static final int LONGEST = 16;

  private final int[] behind = new int[LONGEST + 1]; // the code after the last of each length
  private final int[] offset = new int[LONGEST + 1]; // from a code to its place in values
  private final byte[] values;

  private HuffmanTable(byte[] values) {
    this.values = values;
  }

  static HuffmanTable read(CodedBytes segment) throws IOException {
    int[] counts = new int[LONGEST + 1];
    int total = 0;
    for (int length = 1; length <= LONGEST; length++) {
      counts[length] = segment.unsigned8();
      total += counts[length];
    }
    HuffmanTable table = new HuffmanTable(new byte[total]);
    for (int i = 0; i < total; i++) {
      table.values[i] = (byte) segment.unsigned8();
    }
    int code = 0;
    int place = 0;
    for (int length = 1; length <= LONGEST; length++) {
      table.offset[length] = place - code;
      code += counts[length];
      place += counts[length];
      table.behind[length] = code;
      if (code > 1 << length) {
        throw segment.damaged("a Huffman table with too many codes", "a complete code at most");
      }
      code <<= 1;
    }
    return table;
  }

  int decode(HuffmanBits bits) throws IOException {
    int code = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code = code << 1 | bits.bit();
      if (code < behind[length]) {
        return values[code + offset[length]] & 0xFF;
      }
    }
    throw bits.damaged("a code that its table has not", "one of the table");
  }
}
