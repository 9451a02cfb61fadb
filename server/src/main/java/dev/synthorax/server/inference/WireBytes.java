package dev.synthorax.server.inference;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.HasByteBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a message in their order, whatever pieces they came in: those of the network are
 * read where they lie.
 *
 * <p><b>Threading:</b> one thread.
 */
final class WireBytes {
  private static final int CHUNK = 16 << 10;
  private static final int MAX_VARINT_BYTES = 10;

  private final InputStream stream;
  private final @Nullable HasByteBuffer network; // null: bytes come through a chunk of ours
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private int lent; // bytes of the piece that the stream still counts as unread

  /** Borrows the stream. */
  WireBytes(InputStream stream) {
    this.stream = stream;
    network = stream instanceof HasByteBuffer bytes && bytes.byteBufferSupported() ? bytes : null;
  }

  /** Whether there is another byte. */
  boolean more() throws IOException {
    while (!piece.hasRemaining()) {
      if (network == null) {
        byte[] chunk = new byte[CHUNK];
        int count = stream.read(chunk);
        if (count < 0) {
          return false;
        }
        piece = ByteBuffer.wrap(chunk, 0, count);
      } else {
        stream.skipNBytes(lent);
        ByteBuffer next = network.getByteBuffer();
        lent = next == null ? 0 : next.remaining();
        if (next == null || lent == 0) {
          return false;
        }
        piece = next;
      }
    }
    return true;
  }

  private byte read() throws IOException {
    if (!more()) {
      throw truncated();
    }
    return piece.get();
  }

  /** A number of base 128. */
  long varint() throws IOException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      byte next = read();
      value |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new InvalidProtocolBufferException("a number of more than 10 bytes");
  }

  /** Fills {@code target}. */
  void readTo(MemorySegment target) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      if (!more()) {
        throw truncated();
      }
      int count = (int) Math.min(piece.remaining(), target.byteSize() - done);
      ByteBuffer part = piece.slice(piece.position(), count);
      MemorySegment.copy(MemorySegment.ofBuffer(part), 0, target, done, count);
      piece.position(piece.position() + count);
      done += count;
    }
  }

  /** Hands the next bytes on. */
  void copyTo(ByteArrayOutputStream target, long count) throws IOException {
    for (long left = count; left > 0; ) {
      int part = next(left);
      byte[] bytes = new byte[part];
      piece.get(bytes);
      target.write(bytes);
      left -= part;
    }
  }

  /** Leaves the next bytes out. */
  void skip(long count) throws IOException {
    for (long left = count; left > 0; ) {
      int part = next(left);
      piece.position(piece.position() + part);
      left -= part;
    }
  }

  private int next(long wanted) throws IOException {
    if (!more()) {
      throw truncated();
    }
    return (int) Math.min(piece.remaining(), wanted);
  }

  private static InvalidProtocolBufferException truncated() {
    return new InvalidProtocolBufferException("the message ends early");
  }
}
