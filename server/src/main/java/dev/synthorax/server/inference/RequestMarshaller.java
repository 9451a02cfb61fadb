package dev.synthorax.server.inference;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.server.failure.ServerException;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests. Raw contents go from the network's buffers to memory that a backend can read, in
 * one copy and without the heap; a small message is read the usual way, which is quicker for it.
 *
 * @param memory borrowed
 * @param maxBytes of one message
 */
record RequestMarshaller(TensorMemory memory, long maxBytes)
    implements MethodDescriptor.Marshaller<WireRequest> {
  private static final int SMALL = 64 << 10;

  /**
   * Reads a message.
   *
   * @return the caller closes it
   * @throws UncheckedIOException if it is none
   */
  @Override
  @SuppressWarnings("MustBeClosed") // the request has it
  public WireRequest parse(InputStream stream) {
    TensorMemory.Loan loan = memory.open();
    try {
      return stream instanceof KnownLength && stream.available() <= SMALL
          ? small(ModelInferRequest.parseFrom(stream), loan)
          : large(new WireBytes(stream), loan);
    } catch (IOException e) {
      loan.close();
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      loan.close();
      throw e;
    }
  }

  private static WireRequest small(ModelInferRequest request, TensorMemory.Loan loan) {
    List<MemorySegment> contents =
        request.getRawInputContentsList().stream().map(RequestMarshaller::segment).toList();
    return new WireRequest(request, contents, loan, null);
  }

  private static MemorySegment segment(ByteString bytes) {
    return MemorySegment.ofBuffer(bytes.asReadOnlyByteBuffer());
  }

  private WireRequest large(WireBytes bytes, TensorMemory.Loan loan) throws IOException {
    var fields = new ByteArrayOutputStream();
    var contents = new ArrayList<MemorySegment>();
    ServerException refusal = null;
    while (bytes.more()) {
      int tag = (int) bytes.varint();
      boolean raw =
          tag
              == (ModelInferRequest.RAW_INPUT_CONTENTS_FIELD_NUMBER << 3
                  | WireFormat.WIRETYPE_LENGTH_DELIMITED);
      if (raw) {
        long length = length(bytes);
        MemorySegment content = null;
        if (refusal == null) {
          try {
            content = content(length, loan);
          } catch (ServerException e) {
            refusal = e;
          }
        }
        fill(content, length, bytes, contents);
      } else {
        copyField(tag, bytes, fields);
      }
    }
    return new WireRequest(
        ModelInferRequest.parseFrom(fields.toByteArray()),
        refusal == null ? contents : List.of(),
        loan,
        refusal);
  }

  private static MemorySegment content(long length, TensorMemory.Loan loan) {
    return length <= SMALL ? MemorySegment.ofArray(new byte[(int) length]) : loan.take(length);
  }

  private static void fill(
      @Nullable MemorySegment content, long length, WireBytes bytes, List<MemorySegment> contents)
      throws IOException {
    if (content == null) {
      bytes.skip(length);
    } else {
      bytes.readTo(content);
      contents.add(content);
    }
  }

  private long length(WireBytes bytes) throws IOException {
    long length = bytes.varint();
    if (length < 0 || length > maxBytes) {
      throw new InvalidProtocolBufferException("a length beyond the message");
    }
    return length;
  }

  /** Hands one field on to the usual parser, as it is. */
  private void copyField(int tag, WireBytes bytes, ByteArrayOutputStream fields)
      throws IOException {
    writeVarint(tag, fields);
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> writeVarint(bytes.varint(), fields);
      case WireFormat.WIRETYPE_FIXED64 -> bytes.copyTo(fields, Long.BYTES);
      case WireFormat.WIRETYPE_FIXED32 -> bytes.copyTo(fields, Integer.BYTES);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
        long length = length(bytes);
        writeVarint(length, fields);
        bytes.copyTo(fields, length);
      }
      default -> throw new InvalidProtocolBufferException("a field of a kind that is not used");
    }
  }

  private static void writeVarint(long value, ByteArrayOutputStream target) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      target.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    target.write((int) left);
  }

  @Override
  public InputStream stream(WireRequest request) {
    throw new UnsupportedOperationException("a server sends no requests");
  }
}
