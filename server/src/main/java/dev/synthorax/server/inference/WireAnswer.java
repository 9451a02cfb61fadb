package dev.synthorax.server.inference;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import dev.synthorax.proto.inference.ModelInferResponse;
import dev.synthorax.proto.inference.ModelStreamInferResponse;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message on its way out: its bytes in pieces, of which those of large outputs are the model's
 * own memory. What holds that is let go once: when the transport has sent the bytes, so that a
 * client that does not read is counted with its answers, or when nobody wants them.
 *
 * <p><b>Threading:</b> any thread.
 */
final class WireAnswer {
  /** Writes messages of either kind. */
  static final MethodDescriptor.Marshaller<WireAnswer> MARSHALLER = new Writer();

  private final List<MemorySegment> pieces;
  private final Runnable release;
  private final AtomicBoolean handed = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger users = new AtomicInteger(2); // the call, and the stream of its bytes

  private WireAnswer(List<MemorySegment> pieces, Runnable release) {
    this.pieces = List.copyOf(pieces);
    this.release = release;
  }

  /** A message without memory of a model. */
  static WireAnswer of(MessageLite message) {
    return new WireAnswer(List.of(MemorySegment.ofArray(message.toByteArray())), () -> {});
  }

  /**
   * An answer.
   *
   * @param fields all but the raw contents
   * @param rawContents of the outputs, in their order; not changed until {@code release}
   * @param release run once, on any thread
   */
  static WireAnswer of(
      ModelInferResponse fields, List<MemorySegment> rawContents, Runnable release) {
    var pieces = new ArrayList<MemorySegment>();
    pieces.add(MemorySegment.ofArray(fields.toByteArray()));
    for (MemorySegment content : rawContents) {
      pieces.add(header(ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER, content.byteSize()));
      pieces.add(content);
    }
    return new WireAnswer(pieces, release);
  }

  /** The same as an answer of a stream. */
  WireAnswer streamed() {
    var streamed = new ArrayList<MemorySegment>();
    streamed.add(header(ModelStreamInferResponse.INFER_RESPONSE_FIELD_NUMBER, byteSize()));
    streamed.addAll(pieces);
    return new WireAnswer(streamed, release);
  }

  /** Bytes of the whole message. */
  long byteSize() {
    return pieces.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  private static MemorySegment header(int field, long length) {
    var bytes = new ByteArrayOutputStream();
    var coded = CodedOutputStream.newInstance(bytes);
    try {
      coded.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      coded.writeUInt64NoTag(length);
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // none to memory
    }
    return MemorySegment.ofArray(bytes.toByteArray());
  }

  /**
   * The transport has sent it, or the call is over. What the transport still reads stays until it
   * has done so. Idempotent.
   */
  void end() {
    if (ended.compareAndSet(false, true)) {
      if (handed.compareAndSet(false, true)) {
        leave(); // the stream that there will not be
      }
      leave();
    }
  }

  private void leave() {
    if (users.decrementAndGet() == 0) {
      release.run();
    }
  }

  /** The bytes for the transport, which closes them when it has read them. */
  private InputStream hand() {
    return handed.compareAndSet(false, true)
        ? new SegmentStream(pieces, this::leave)
        : new SegmentStream(List.of(), () -> {}); // ended meanwhile: the call is over
  }

  private static final class Writer implements MethodDescriptor.Marshaller<WireAnswer> {
    @Override
    public InputStream stream(WireAnswer answer) {
      return answer.hand();
    }

    @Override
    public WireAnswer parse(InputStream stream) {
      throw new UnsupportedOperationException("a server reads no answers");
    }
  }
}
