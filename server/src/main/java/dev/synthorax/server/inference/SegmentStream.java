package dev.synthorax.server.inference;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bytes that lie in several places, one after the other. A transport takes them with {@link
 * #drainTo}, which reads each once.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class SegmentStream extends InputStream implements KnownLength, Drainable {
  private static final int CHUNK = 32 << 10;

  private final List<MemorySegment> segments;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();
  private int current;
  private long offset; // in the current one
  private long left;

  /**
   * Borrows the segments.
   *
   * @param onClose run once
   */
  SegmentStream(List<MemorySegment> segments, Runnable onClose) {
    this.segments = segments;
    this.onClose = onClose;
    left = segments.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  @Override
  public int available() {
    return Math.toIntExact(left); // a message has less than 2 GiB
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int from, int length) {
    Objects.checkFromIndexSize(from, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    MemorySegment segment = segments.get(current);
    while (offset == segment.byteSize()) {
      segment = segments.get(++current);
      offset = 0;
    }
    int count = (int) Math.min(length, segment.byteSize() - offset);
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, target, from, count);
    offset += count;
    left -= count;
    return count;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    int total = available();
    byte[] chunk = new byte[Math.min(CHUNK, total)];
    for (int count = read(chunk, 0, chunk.length);
        count > 0;
        count = read(chunk, 0, chunk.length)) {
      target.write(chunk, 0, count);
    }
    return total;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }
}
