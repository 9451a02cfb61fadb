package dev.synthorax.client.image.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A code-block: where it lies, and the bytes that packets have brought. */
final class J2kBlock {
  private static final int PASSES_BEFORE_BYPASS = 10;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final J2kArea area;
  private final List<Segment> segments = new ArrayList<>();
  private int zeroPlanes;
  private int lengthBits = 3;

  J2kBlock(J2kArea area) {
    this.area = area;
  }

  /** Coding passes that share one run of the arithmetic decoder, or of plain bits. */
  static final class Segment {
    private final int most;
    private int passes;
    private byte[] bytes = new byte[0];

    private Segment(int most) {
      this.most = most;
    }

    int passes() {
      return passes;
    }

    byte[] bytes() {
      return bytes;
    }

    void append(byte[] source, int begin, int length) {
      int before = bytes.length;
      bytes = Arrays.copyOf(bytes, before + length);
      System.arraycopy(source, begin, bytes, before, length);
    }
  }

  /** Returns the block's area in its subband. */
  J2kArea area() {
    return area;
  }

  List<Segment> segments() {
    return segments;
  }

  boolean isIncluded() {
    return !segments.isEmpty();
  }

  void setZeroPlanes(int planes) {
    zeroPlanes = planes;
  }

  /** Returns how many of the highest bit planes are empty. */
  int zeroPlanes() {
    return zeroPlanes;
  }

  int lengthBits() {
    return lengthBits;
  }

  void addLengthBit() {
    lengthBits++;
  }

  int passes() {
    int passes = 0;
    for (Segment segment : segments) {
      passes += segment.passes;
    }
    return passes;
  }

  /**
   * Takes up to {@code passes} into the segment that is open, or into a new one, D.4.2 and D.6.
   *
   * @return how many it took
   */
  int take(int passes, J2kCoding coding) {
    Segment last = segments.isEmpty() ? null : segments.getLast();
    if (last == null || last.passes == last.most) {
      int most = NO_LIMIT;
      if (coding.has(J2kCoding.TERMINATE_ALL)) {
        most = 1;
      } else if (coding.has(J2kCoding.BYPASS)) {
        most = last == null ? PASSES_BEFORE_BYPASS : last.most == 2 ? 1 : 2;
      }
      last = new Segment(most);
      segments.add(last);
    }
    int taken = Math.min(passes, last.most - last.passes);
    last.passes += taken;
    return taken;
  }
}
