package dev.synthorax.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallTimes;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every call meets before its service: the gate, bytes that are no message, throws. */
@Timeout(60)
final class CallsTest {
  @TempDir private Path folder;
  private ServerFixture server;

  @BeforeEach
  void start() throws IOException {
    server = ServerFixture.loaded(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
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

  private StatusRuntimeException send(MethodDescriptor<?, ?> method, byte[] bytes) {
    var raw = method.toBuilder(new Bytes(), new Bytes()).build();
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> {
          if (raw.getType() == MethodDescriptor.MethodType.UNARY) {
            ClientCalls.blockingUnaryCall(server.channel, raw, CallOptions.DEFAULT, bytes);
          } else {
            ClientCalls.blockingServerStreamingCall(server.channel, raw, CallOptions.DEFAULT, bytes)
                .next();
          }
        });
  }

  @Test
  void call_bytesThatAreNoMessage_isInvalidArgumentWithItsReason()
      throws InvalidProtocolBufferException {
    for (var method :
        new MethodDescriptor<?, ?>[] {
          GenerationServiceGrpc.getGenerateMethod(),
          GenerationServiceGrpc.getGenerateStreamMethod(),
          HealthGrpc.getCheckMethod()
        }) {
      var failure = send(method, "\u00ffnothing of the kind".getBytes(UTF_8));

      assertThat(failure.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(failure.getStatus().getDescription())
          .startsWith("the bytes are no message of this method");
      assertThat(BadInputTest.detail(failure, ErrorInfo.class).getReason())
          .isEqualTo("INVALID_ARGUMENT");
    }
    assertThat(server.gate.calls()).isZero();
    assertThat(server.generation().generate(GenerateRequest.getDefaultInstance()).getImagesCount())
        .isEqualTo(1);
  }

  @Test
  void call_message_arrivesAsItWasSent() {
    byte[] request =
        GenerateRequest.newBuilder()
            .setSpec(GenerationSpec.newBuilder().setCount(2))
            .build()
            .toByteArray();
    var raw = GenerationServiceGrpc.getGenerateMethod().toBuilder(new Bytes(), new Bytes()).build();

    byte[] answer =
        ClientCalls.blockingUnaryCall(server.channel, raw, CallOptions.DEFAULT, request);

    assertThat(parsed(answer).getImagesCount()).isEqualTo(2);
  }

  private Map<CallTimes.Kind, Long> ended() {
    return server.gate.times().snapshot().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().count()));
  }

  @Test
  void call_everyEnd_isCountedOnceByItsStatus() {
    var method = GenerationServiceGrpc.getGenerateMethod();
    send(method, "no message".getBytes(UTF_8));
    server.generation().generate(GenerateRequest.getDefaultInstance());
    HealthGrpc.newBlockingStub(server.channel).check(HealthCheckRequest.getDefaultInstance());
    server.gate.close();
    send(method, new byte[0]);
    while (ended().size() < 3) { // a client may hear of its end before it is counted
      Thread.onSpinWait();
    }

    String name = method.getFullMethodName();
    assertThat(ended())
        .isEqualTo(
            Map.of(
                new CallTimes.Kind(name, "INVALID_ARGUMENT"), 1L,
                new CallTimes.Kind(name, "OK"), 1L,
                new CallTimes.Kind(name, "UNAVAILABLE"), 1L));
  }

  @Test
  void call_clientLeaves_isCountedAsCancelled() throws InterruptedException {
    var log = server.stream(GenerationSpec.newBuilder().setCount(40).build());
    var _ = log.next();
    log.cancel();
    while (server.gate.calls() > 0) {
      Thread.onSpinWait();
    }

    var name = GenerationServiceGrpc.getGenerateStreamMethod().getFullMethodName();
    assertThat(ended()).isEqualTo(Map.of(new CallTimes.Kind(name, "CANCELLED"), 1L));
  }

  private static GenerateResponse parsed(byte[] bytes) {
    try {
      return GenerateResponse.parseFrom(ByteString.copyFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void health_everyCallThreadReadsARequest_answers() throws IOException, InterruptedException {
    var reading = new CountDownLatch(1);
    var letGo = new CountDownLatch(1);
    String name = InProcessServerBuilder.generateName();
    var edge =
        GrpcEdge.start(InProcessServerBuilder.forName(name), server.services, withOneCallThread());
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    try {
      var slow = GenerationServiceGrpc.getGenerateMethod().toBuilder(new Bytes(), new Bytes());
      var _ =
          ClientCalls.futureUnaryCall(
              channel.newCall(
                  slow.setRequestMarshaller(new SlowBytes(reading, letGo)).build(),
                  CallOptions.DEFAULT),
              new byte[0]);
      reading.await();

      var health = HealthGrpc.newBlockingStub(channel);
      assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
          .isEqualTo(ServingStatus.SERVING);
    } finally {
      letGo.countDown();
      channel.shutdownNow();
      edge.stop(Duration.ZERO);
    }
  }

  /** Bytes that come late: the transport within a process hands the stream itself over. */
  private record SlowBytes(CountDownLatch reading, CountDownLatch letGo)
      implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new InputStream() {
        @Override
        public int read(byte[] target, int offset, int length) {
          return read();
        }

        @Override
        public int read() {
          reading.countDown();
          try {
            letGo.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return -1;
        }
      };
    }

    @Override
    public byte[] parse(InputStream stream) {
      return new byte[0];
    }
  }

  private static ServerConfig withOneCallThread() {
    var config = ServerConfig.DEFAULT;
    return new ServerConfig(
        config.connections(),
        config.memory(),
        config.training(),
        config.access(),
        config.security(),
        config.admin(),
        1,
        config.grace(),
        config.endLimit());
  }
}
