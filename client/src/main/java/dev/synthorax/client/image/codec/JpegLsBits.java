package dev.synthorax.client.image.codec;

import java.io.IOException;

/** The bits of a scan: after a byte FF the next one has only seven. */
final class JpegLsBits {
  private final CodedBytes input;
  private final byte[] bytes;
  private int at;
  private int last;
  private long buffer; // the next bits are its highest
  private int available;

  JpegLsBits(CodedBytes input) {
    this.input = input;
    this.bytes = input.bytes();
    this.at = input.at();
  }

  int bit() throws IOException {
    return bits(1);
  }

  /** Returns the next {@code count} bits, 0..24. */
  int bits(int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    require(count);
    int value = (int) (buffer >>> (64 - count));
    buffer <<= count;
    available -= count;
    return value;
  }

  /**
   * Returns the number of zeros before the next one, and moves behind that.
   *
   * @param most more are an error
   */
  int zeros(int most) throws IOException {
    int zeros = 0;
    while (true) {
      require(1);
      int run = Math.min(Long.numberOfLeadingZeros(buffer), available);
      zeros += run;
      if (zeros > most) {
        throw input.damaged("a code longer than " + most + " bits", "shorter");
      }
      if (run < available) {
        buffer = buffer << run << 1; // two shifts: one of 64 would do nothing
        available -= run + 1;
        return zeros;
      }
      buffer = 0;
      available = 0;
    }
  }

  private void require(int count) throws IOException {
    while (available < count) {
      int next = at < input.end() ? bytes[at] & 0xFF : 0xFF;
      boolean stuffed = last == 0xFF;
      if (at >= input.end() || (stuffed && next >= 0x80)) {
        throw input.damaged("pixels end at byte " + at, "more");
      }
      int width = stuffed ? 7 : 8;
      buffer |= (long) next << (64 - available - width);
      available += width;
      last = next;
      at++;
    }
  }

  IOException damaged(String what, String expected) {
    return input.damaged(what, expected);
  }

  /** Returns where the marker behind the scan starts, or the end. */
  int nextMarker() {
    int marker = last == 0xFF ? at - 1 : at;
    while (marker + 1 < input.end()
        && !(bytes[marker] == (byte) 0xFF && (bytes[marker + 1] & 0x80) != 0)) {
      marker++;
    }
    return Math.min(marker, input.end());
  }
}
