package dev.synthorax.server.inference;

import static dev.synthorax.server.inference.InferenceFixture.input;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.proto.inference.InferTensorContents;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryRegisterRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages that are damaged in every way: the server says what is wrong with each, and nothing of
 * them stays. {@code -Dtests.malformed=100000} sends so many.
 */
@Timeout(600)
final class MalformedMessagesTest {
  private static final int COUNT = Integer.getInteger("tests.malformed", 3_000);
  private static final long SEED = Long.getLong("tests.seed", 11);

  @TempDir private Path folder;

  /** Bytes as they are, both ways. */
  private static final class AsTheyAre implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<byte[]> wholeMessages() {
    var contents =
        InferTensorContents.newBuilder()
            .addFp32Contents(1)
            .addIntContents(2)
            .addBytesContents(ByteString.copyFromUtf8("abc"));
    var parameter = InferParameter.newBuilder().setInt64Param(3).build();
    var raw = InferenceFixture.request(1, 2, 3).putParameters("priority", parameter);
    raw.addOutputsBuilder().setName("x").putParameters("classification", parameter);
    var typed =
        ModelInferRequest.newBuilder()
            .setModelName("echo")
            .addInputs(
                input("x", "FP32", 1)
                    .setContents(contents)
                    .putParameters("shared_memory_byte_size", parameter));
    var strings =
        ModelInferRequest.newBuilder()
            .setModelName("echo")
            .addInputs(input("s", "BYTES", 2))
            .addRawInputContents(ByteString.copyFrom(new byte[] {1, 0, 0, 0, 'a', 0, 0, 0, 0}));
    var large =
        ModelInferRequest.newBuilder()
            .setModelName("echo")
            .addInputs(input("x", "UINT8", 70_000))
            .addRawInputContents(ByteString.copyFrom(new byte[70_000]));
    var region =
        SystemSharedMemoryRegisterRequest.newBuilder()
            .setName("squares")
            .setKey("/tests-1")
            .setOffset(1)
            .setByteSize(1);
    return List.of(
        raw.build().toByteArray(),
        typed.build().toByteArray(),
        strings.build().toByteArray(),
        large.build().toByteArray(),
        region.build().toByteArray());
  }

  /** One of a few ways to damage a message. */
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits && bytes.length > 0; i++) {
      int at = random.nextInt(Math.min(bytes.length, 200)); // where the fields are
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        case 3 -> {
          byte[] more = Arrays.copyOf(bytes, bytes.length + 8);
          System.arraycopy(bytes, at, more, at + 8, bytes.length - at);
          bytes = more;
        }
        default -> bytes[at] = (byte) 0xFF;
      }
    }
    return bytes;
  }

  private static Status send(
      InferenceFixture server, MethodDescriptor<byte[], byte[]> method, byte[] message) {
    var end = new CompletableFuture<Status>();
    ClientCall<byte[], byte[]> call = server.channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(10);
    call.sendMessage(message);
    call.halfClose();
    return end.join();
  }

  @Test
  void anyCall_damagedMessages_saysWhatIsWrongAndKeepsNothing() throws IOException {
    var random = new Random(SEED);
    List<byte[]> whole = wholeMessages();
    var methods = new ArrayList<MethodDescriptor<byte[], byte[]>>();
    for (var method : GRPCInferenceServiceGrpc.getServiceDescriptor().getMethods()) {
      if (!method.getFullMethodName().endsWith("RepositoryModelUnload")) { // others need the model
        methods.add(method.toBuilder(new AsTheyAre(), new AsTheyAre()).build());
      }
    }
    MethodDescriptor<byte[], byte[]> infer =
        methods.stream()
            .filter(method -> method.getFullMethodName().endsWith("/ModelInfer"))
            .findFirst()
            .orElseThrow();
    Map<Code, Integer> codes = new EnumMap<>(Code.class);

    try (var server = InferenceFixture.open(folder, InferenceFixture.ALL)) {
      for (int i = 0; i < COUNT; i++) {
        byte[] message = damaged(whole.get(random.nextInt(whole.size())), random);
        var method = random.nextBoolean() ? infer : methods.get(random.nextInt(methods.size()));
        Status status = send(server, method, message);
        codes.merge(status.getCode(), 1, Integer::sum);
        assertThat(status.getCode())
            .as("%s, -Dtests.seed=%d, message %d: %s", method.getFullMethodName(), SEED, i, status)
            .isIn(Code.OK, Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.UNIMPLEMENTED);
      }
      server.awaitNothingLeft();
      assertThat(server.infer(InferenceFixture.request(1)).getId()).isEqualTo("r1");
    }

    assertThat(codes).containsKeys(Code.OK, Code.INVALID_ARGUMENT, Code.NOT_FOUND);
  }
}
