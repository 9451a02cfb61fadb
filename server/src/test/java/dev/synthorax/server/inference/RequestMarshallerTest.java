package dev.synthorax.server.inference;

import static dev.synthorax.server.inference.InferenceFixture.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelInferResponse;
import dev.synthorax.proto.inference.ModelStreamInferResponse;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Requests off the wire and answers onto it. */
final class RequestMarshallerTest {
  private static final int MIB = 1 << 20;

  private final TensorMemory memory = new TensorMemory(64 * MIB);
  private final RequestMarshaller marshaller = new RequestMarshaller(memory, 32 * MIB);

  /** A message in pieces of the network's buffers, as Netty hands it over. */
  private static final class Pieces extends InputStream implements KnownLength, HasByteBuffer {
    private final ByteBuffer bytes;
    private final int pieceSize;

    Pieces(byte[] message, int pieceSize) {
      bytes = ByteBuffer.allocateDirect(message.length).put(message).flip();
      this.pieceSize = pieceSize;
    }

    @Override
    public boolean byteBufferSupported() {
      return true;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return bytes
          .slice(bytes.position(), Math.min(pieceSize, bytes.remaining()))
          .asReadOnlyBuffer();
    }

    @Override
    public int available() {
      return bytes.remaining();
    }

    @Override
    public int read() {
      return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count = Math.min(length, bytes.remaining());
      bytes.get(target, offset, count);
      return count;
    }

    @Override
    public long skip(long count) {
      int skipped = (int) Math.min(count, bytes.remaining());
      bytes.position(bytes.position() + skipped);
      return skipped;
    }
  }

  private static ModelInferRequest request(int... sizes) {
    var random = new Random(1);
    var request = ModelInferRequest.newBuilder().setModelName("m").setId("é\0");
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      request.addInputs(input("i" + size, "UINT8", size));
      request.addRawInputContents(ByteString.copyFrom(bytes));
    }
    request.addOutputsBuilder().setName("o");
    return request.build();
  }

  private void assertRead(InputStream stream, ModelInferRequest expected) {
    try (WireRequest read = marshaller.parse(stream)) {
      assertThat(read.fields().toBuilder().clearRawInputContents().build())
          .isEqualTo(expected.toBuilder().clearRawInputContents().build());
      assertThat(read.rawContents().stream().map(InferenceFixture::bytes).map(ByteString::copyFrom))
          .containsExactlyElementsOf(expected.getRawInputContentsList());
    }
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void parse_largeAndSmallContentsInAnyPieces_isTheSameMessage() {
    ModelInferRequest expected = request(300_000, 3, 70_000, 0);
    byte[] bytes = expected.toByteArray();

    for (int size : new int[] {1 << 14, 100_003, 1 << 20}) {
      assertRead(new Pieces(bytes, size), expected);
    }
    assertRead(new ByteArrayInputStream(bytes), expected);
    assertRead(new Pieces(request(4).toByteArray(), 3), request(4));
  }

  @Test
  void parse_contentsBeforeTheirInputs_isTheSameMessage() {
    ModelInferRequest fields = request(200_000);
    byte[] raw = fields.toBuilder().clearInputs().clearModelName().build().toByteArray();
    byte[] rest = fields.toBuilder().clearRawInputContents().build().toByteArray();
    byte[] both = Arrays.copyOf(raw, raw.length + rest.length);
    System.arraycopy(rest, 0, both, raw.length, rest.length);

    try (WireRequest read = marshaller.parse(new Pieces(both, 9_999))) {
      assertThat(read.rawContents()).hasSize(1);
      assertThat(read.fields().getModelName()).isEqualTo("m");
    }
  }

  @Test
  void parse_cutAnywhere_isNoMessageAndHoldsNothing() {
    byte[] bytes = request(100_000, 80_000).toByteArray();
    for (int length : new int[] {2, 70_000, 100_010, bytes.length - 1}) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(
              () -> {
                try (var _ = marshaller.parse(new ByteArrayInputStream(cut))) {
                  throw new AssertionError("read " + length + " of " + bytes.length + " bytes");
                }
              })
          .isInstanceOf(UncheckedIOException.class);
      assertThat(memory.usedBytes()).isZero();
    }
  }

  @Test
  void parse_lengthBeyondAnyMessage_takesNoMemory() {
    byte[] lie = {0x3A, -1, -1, -1, -1, 7, 1, 2, 3}; // 2 GiB - 1 of raw contents
    assertThatThrownBy(
            () -> {
              try (var _ = marshaller.parse(new ByteArrayInputStream(lie))) {
                throw new AssertionError("read");
              }
            })
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("a length beyond the message");
  }

  @Test
  void parse_noRoom_keepsTheFieldsAndSaysSo() {
    var little = new RequestMarshaller(new TensorMemory(150_000), 32 * MIB);
    try (WireRequest read =
        little.parse(new Pieces(request(100_000, 90_000).toByteArray(), 16_384))) {
      assertThat(read.fields().getModelName()).isEqualTo("m");
      assertThat(read.rawContents()).isEmpty();
      assertThat(read.refusal()).hasMessageContaining("no room for");
    }
    assertThat(little.memory().usedBytes()).isZero();
  }

  private static byte[] drained(WireAnswer answer) throws IOException {
    try (var stream = WireAnswer.MARSHALLER.stream(answer)) {
      assertThat(stream).isInstanceOf(KnownLength.class);
      assertThat((long) stream.available()).isEqualTo(answer.byteSize());
      return stream.readAllBytes();
    }
  }

  @Test
  void stream_anAnswer_isTheMessageWithItsContents() throws IOException {
    ModelInferResponse fields = ModelInferResponse.newBuilder().setId("r").build();
    ByteString large = request(100_000).getRawInputContents(0);
    var released = new AtomicInteger();
    var contents =
        List.of(MemorySegment.ofArray(large.toByteArray()), MemorySegment.ofArray(new byte[0]));
    ModelInferResponse expected =
        fields.toBuilder()
            .addRawOutputContents(large)
            .addRawOutputContents(ByteString.EMPTY)
            .build();

    WireAnswer answer = WireAnswer.of(fields, contents, released::incrementAndGet);
    byte[] unary = drained(answer);
    byte[] streamed = drained(answer.streamed());
    answer.end();

    assertThat(ModelInferResponse.parseFrom(unary)).isEqualTo(expected);
    assertThat(ModelStreamInferResponse.parseFrom(streamed))
        .isEqualTo(ModelStreamInferResponse.newBuilder().setInferResponse(expected).build());
    assertThat(released).hasValue(1);
  }

  private static WireAnswer counted(AtomicInteger released) {
    return WireAnswer.of(
        ModelInferResponse.getDefaultInstance(), List.of(), released::incrementAndGet);
  }

  @Test
  void end_ofAnAnswerThatWasNotHandedOver_letsGoOnce() throws IOException {
    var released = new AtomicInteger();
    WireAnswer answer = counted(released);

    answer.end();
    answer.end();

    assertThat(released).hasValue(1);
    assertThat(WireAnswer.MARSHALLER.stream(answer).readAllBytes()).isEmpty();
  }

  @Test
  void end_ofAnAnswerThatIsRead_waitsForItsReader() throws IOException {
    var released = new AtomicInteger();
    WireAnswer first = counted(released);
    try (var _ = WireAnswer.MARSHALLER.stream(first)) {
      first.end();
      assertThat(released).hasValue(0);
    }
    assertThat(released).hasValue(1);

    WireAnswer second = counted(released);
    WireAnswer.MARSHALLER.stream(second).close();
    assertThat(released).hasValue(1);
    second.end();
    assertThat(released).hasValue(2);
  }

  @Test
  void sixteenMebibytes_thereAndBack_takeFewBytesOfTheHeap() throws IOException {
    byte[] message = request(16 * MIB).toByteArray();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadAllocatedBytes();
    var usual = ModelInferRequest.parseFrom(new Pieces(message, 16 << 10));
    long usually = threads.getCurrentThreadAllocatedBytes() - start;
    assertThat(usual.getRawInputContents(0).size()).isEqualTo(16 * MIB);
    long used = Long.MAX_VALUE;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment output = arena.allocate(16 * MIB);
      for (int i = 0; i < 3; i++) { // the first takes pages and loads classes
        var stream = new Pieces(message, 16 << 10);
        long before = threads.getCurrentThreadAllocatedBytes();
        try (WireRequest read = marshaller.parse(stream)) {
          MemorySegment.copy(read.rawContents().getFirst(), 0, output, 0, 16 * MIB);
        }
        var answer =
            WireAnswer.of(ModelInferResponse.getDefaultInstance(), List.of(output), () -> {});
        try (var out = (SegmentStream) WireAnswer.MARSHALLER.stream(answer)) {
          out.drainTo(OutputStream.nullOutputStream());
        }
        used = Math.min(used, threads.getCurrentThreadAllocatedBytes() - before);
      }
    }
    assertThat(used).isLessThan(MIB);
    assertThat(usually).isGreaterThan(16 * MIB); // what there is to win
  }

  @Test
  void tensorMemory_piecesThatComeBack_areUsedAgainWithinTheBudget() {
    try (var first = memory.open()) {
      var _ = first.take(10 * MIB).fill((byte) 1);
    }
    try (var second = memory.open()) {
      assertThat(second.take(10 * MIB - 5).get(ValueLayout.JAVA_BYTE, 77)).isEqualTo((byte) 1);
      assertThat(memory.usedBytes()).isBetween(10L * MIB, 13L * MIB);
      assertThatThrownBy(() -> second.take(60 * MIB)).hasMessageContaining("no room for");
    }
    memory.close();
    assertThat(memory.usedBytes()).isZero();
  }
}
