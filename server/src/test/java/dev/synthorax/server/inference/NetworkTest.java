package dev.synthorax.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.AccessConfig;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.grpc.GrpcEdge;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tensors over a real connection, whose buffers are the network's. */
@Timeout(60)
final class NetworkTest {
  @TempDir private static Path folder;
  private static InferenceFixture server;
  private static GrpcEdge edge;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    server = InferenceFixture.open(folder, AccessConfig.DEFAULT);
    edge = GrpcEdge.listen("127.0.0.1", 0, Access.open(), server.services, ServerConfig.DEFAULT);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", edge.port())
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    channel.shutdownNow();
    edge.stop(Duration.ZERO);
    server.close();
  }

  private static ModelInferRequest request(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return ModelInferRequest.newBuilder()
        .setModelName("echo")
        .addInputs(InferenceFixture.input("x", "UINT8", bytes))
        .addRawInputContents(ByteString.copyFrom(content))
        .build();
  }

  private static GRPCInferenceServiceBlockingStub stub() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel);
  }

  @Test
  void modelInfer_contentsOfManySizes_comeBackAsTheyWere() {
    for (int bytes : new int[] {0, 1, 65_000, 66_000, 1 << 20, 6_000_001}) {
      ModelInferRequest request = request(bytes);

      assertThat(stub().modelInfer(request).getRawOutputContents(0))
          .isEqualTo(request.getRawInputContents(0));
      assertThat(stub().withCompression("gzip").modelInfer(request).getRawOutputContents(0))
          .isEqualTo(request.getRawInputContents(0));
    }
    server.awaitNothingLeft();
  }

  @Test
  void modelInfer_largerThanTheLimit_isRefusedAndTheServerGoesOn() {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> stub().modelInfer(request(64 << 20)));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(stub().modelInfer(request(9)).getOutputsCount()).isEqualTo(1);
    server.awaitNothingLeft();
  }
}
