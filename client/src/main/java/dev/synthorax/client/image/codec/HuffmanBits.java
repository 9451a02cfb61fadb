package dev.synthorax.client.image.codec;

import java.io.IOException;

/** The bits of a sequential JPEG scan: a byte FF is followed by 00. */
final class HuffmanBits {
  private final CodedBytes input;
  private int current;
  private int left;

  HuffmanBits(CodedBytes input) {
    this.input = input;
  }

  int bit() throws IOException {
    if (left == 0) {
      current = input.unsigned8();
      if (current == 0xFF && input.unsigned8() != 0) {
        throw input.damaged("pixels end at byte " + (input.at() - 2), "more");
      }
      left = 8;
    }
    left--;
    return current >> left & 1;
  }

  /** Returns a number of {@code size} bits, the lower half of which is negative, table F.1. */
  int signed(int size) throws IOException {
    int value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 1 | bit();
    }
    return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Moves behind the restart marker of that number, 0..7. */
  void restart(int number) throws IOException {
    left = 0;
    int marker = input.unsigned16();
    if (marker != 0xFFD0 + number) {
      throw input.damaged("no restart marker at byte " + (input.at() - 2), "RST" + number);
    }
  }

  IOException damaged(String what, String expected) {
    return input.damaged(what, expected);
  }
}
