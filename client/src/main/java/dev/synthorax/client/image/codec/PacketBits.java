package dev.synthorax.client.image.codec;

import java.io.IOException;

/** The bits of a packet header: after a byte FF the next one has only seven. */
final class PacketBits {
  private final CodedBytes input;
  private int current;
  private int left;

  PacketBits(CodedBytes input) {
    this.input = input;
  }

  int bit() throws IOException {
    if (left == 0) {
      left = current == 0xFF ? 7 : 8;
      current = input.unsigned8();
    }
    left--;
    return current >> left & 1;
  }

  int bits(int count) throws IOException {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /** Moves to the byte behind the header. */
  void align() throws IOException {
    if (current == 0xFF) {
      input.unsigned8(); // the bit stuffed behind it
    }
    left = 0;
    current = 0;
  }

  IOException damaged(String what, String expected) {
    return input.damaged(what, expected);
  }
}
