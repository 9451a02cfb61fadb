package dev.synthorax.server.inference;

import static dev.synthorax.server.inference.InferenceFixture.input;
import static dev.synthorax.server.inference.InferenceFixture.raw;
import static dev.synthorax.server.inference.InferenceFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.proto.inference.InferTensorContents;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.server.config.AccessConfig;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ModelInfer: what goes in, what comes out. */
@Timeout(120)
final class ModelInferTest {
  @TempDir private static Path folder;
  private static InferenceFixture server;

  @BeforeAll
  static void start() throws IOException {
    server = InferenceFixture.open(folder, AccessConfig.DEFAULT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static InferParameter number(long value) {
    return InferParameter.newBuilder().setInt64Param(value).build();
  }

  private static InferParameter flag(boolean value) {
    return InferParameter.newBuilder().setBoolParam(value).build();
  }

  private static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }

  @Test
  void modelInfer_rawContents_comeBackOneToOneWithOutputs() {
    var request =
        request(1, Float.NaN, Float.NEGATIVE_INFINITY, 4)
            .putParameters("triton_enable_empty_final_response", flag(true))
            .putParameters("trace", text("anything"))
            .addInputs(input("n", "BYTES", 2))
            .addRawInputContents(ByteString.copyFrom(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0}));

    var response = server.infer(request);

    assertThat(response.getModelName()).isEqualTo("echo");
    assertThat(response.getModelVersion()).isEqualTo("3");
    assertThat(response.getId()).isEqualTo("r1");
    assertThat(response.getParametersMap()).isEmpty();
    assertThat(response.getRawOutputContentsList())
        .containsExactlyElementsOf(request.getRawInputContentsList());
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L, 4L);
    assertThat(response.getOutputs(1).getDatatype()).isEqualTo("BYTES");
    assertThat(response.getOutputsList()).noneMatch(output -> output.hasContents());
  }

  @Test
  void modelInfer_largeContents_comeBackWithoutTheHeap() {
    byte[] bytes = new byte[300_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    var request =
        ModelInferRequest.newBuilder()
            .setModelName("echo")
            .addInputs(input("a", "UINT8", 300_000))
            .addInputs(input("b", "UINT8", 2))
            .addRawInputContents(ByteString.copyFrom(bytes))
            .addRawInputContents(ByteString.copyFrom(new byte[] {7, 8}));

    assertThat(server.infer(request).getRawOutputContentsList())
        .containsExactlyElementsOf(request.getRawInputContentsList());
  }

  @Test
  void modelInfer_someOutputs_givesThoseAlone() {
    var request = request(1, 2).addInputs(input("y", "FP32", 1)).addRawInputContents(raw(3));
    request.addOutputsBuilder().setName("y");

    var response = server.infer(request);

    assertThat(response.getOutputsList()).hasSize(1);
    assertThat(response.getOutputs(0).getName()).isEqualTo("y");
    assertThat(response.getRawOutputContentsList()).containsExactly(raw(3));
  }

  @Test
  void modelInfer_classification_namesTheLargestWithLabels() {
    var request = request(0.5f, 3, -1, 3);
    request.addOutputsBuilder().setName("x").putParameters("classification", number(3));

    var response = server.infer(request);

    assertThat(response.getOutputs(0).getDatatype()).isEqualTo("BYTES");
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L, 3L);
    assertThat(response.getRawOutputContents(0).toStringUtf8())
        .isEqualTo("\13\0\0\0003.0:1:right\5\0\0\0003.0:3\12\0\0\0000.5:0:left");
  }

  @Test
  void modelInfer_priorityAndTimeout_reachTheModelInEitherType() throws InterruptedException {
    server.echo.hold();
    try {
      var call =
          GRPCInferenceServiceGrpc.newFutureStub(server.channel)
              .withDeadlineAfter(50, TimeUnit.SECONDS)
              .modelInfer(
                  request(1)
                      .putParameters(
                          "priority", InferParameter.newBuilder().setUint64Param(2).build())
                      .putParameters("timeout", number(1500))
                      .build());

      var waiting = server.echo.next();

      assertThat(waiting.request.priority()).isEqualTo(2);
      assertThat(waiting.request.queueTimeoutMicros()).isEqualTo(1500);
      assertThat(waiting.request.deadlineNanos() - System.nanoTime())
          .isBetween(1L, TimeUnit.SECONDS.toNanos(50));
      assertThat(waiting.request.id()).isEqualTo("r1");
      waiting.answer();
      assertThat(call).succeedsWithin(Duration.ofSeconds(30));
    } finally {
      server.echo.letGo();
    }
  }

  /** A reason of the house, and what stands on the wire. */
  enum Refusal {
    QUEUE_FULL(ServerReason.QUEUE_FULL, Code.UNAVAILABLE, "Exceeds maximum queue size (busy)"),
    QUEUE_TIMEOUT(ServerReason.QUEUE_TIMEOUT, Code.UNAVAILABLE, "Request timeout expired (busy)"),
    MODEL_FAILED(
        ServerReason.MODEL_FAILED,
        Code.UNAVAILABLE,
        "Request for unknown model: 'echo' has no available versions (busy)"),
    DEADLINE(ServerReason.DEADLINE_EXCEEDED, Code.DEADLINE_EXCEEDED, "busy");

    private final ServerReason reason;
    private final Code code;
    private final String message;

    Refusal(ServerReason reason, Code code, String message) {
      this.reason = reason;
      this.code = code;
      this.message = message;
    }
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void modelInfer_aModelThatRefuses_saysSoInItsClientsWords(Refusal refusal)
      throws InvalidProtocolBufferException {
    server.echo.failWith(new ServerException(refusal.reason, "busy"));
    try {
      var failure =
          catchThrowableOfType(StatusRuntimeException.class, () -> server.infer(request(1)));

      assertThat(failure.getStatus().getCode()).isEqualTo(refusal.code);
      assertThat(failure.getStatus().getDescription()).isEqualTo(refusal.message);
      assertThat(detail(failure, ErrorInfo.class).getReason()).isEqualTo(refusal.reason.name());
    } finally {
      server.echo.letGo();
    }
  }

  private static ModelInferRequest.Builder typed(
      String type, InferTensorContents.Builder contents) {
    return ModelInferRequest.newBuilder()
        .setModelName("echo")
        .addInputs(input("x", type, 1).setContents(contents));
  }

  @Test
  void modelInfer_typedContents_areLaidOutAsRawOnes() {
    var contents = InferTensorContents.newBuilder().addFp32Contents(1.5f);
    var bytes = InferTensorContents.newBuilder().addBytesContents(ByteString.copyFromUtf8("ab"));
    var request = typed("FP32", contents).addInputs(input("s", "BYTES", 1).setContents(bytes));

    assertThat(server.infer(request).getRawOutputContentsList())
        .containsExactly(raw(1.5f), ByteString.copyFrom(new byte[] {2, 0, 0, 0, 'a', 'b'}));
  }

  static <T extends Message> T detail(StatusRuntimeException failure, Class<T> type)
      throws InvalidProtocolBufferException {
    var status = Objects.requireNonNull(StatusProto.fromThrowable(failure));
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        return any.unpack(type);
      }
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + status);
  }
}
