package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.ServerConfig;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that the server ends, over real ones: a second is the least that gRPC takes. */
@Timeout(60)
final class ConnectionAgeTest {
  private static final HealthCheckRequest REQUEST = HealthCheckRequest.getDefaultInstance();

  @TempDir private Path folder;

  /** What a test does with a connection. */
  private interface Use {
    void of(ManagedChannel channel) throws Exception;
  }

  private void serve(String connections, Use use) throws Exception {
    ServerConfig config =
        ServerConfig.read(
            Files.writeString(folder.resolve("server.yaml"), "connections: " + connections));
    try (var server = ServerFixture.loaded(folder.resolve("models"))) {
      var edge = GrpcEdge.listen("127.0.0.1", 0, Access.open(), server.services, config);
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", edge.port()).usePlaintext().build();
      try {
        use.of(channel);
      } finally {
        channel.shutdownNow();
        edge.stop(Duration.ZERO);
      }
    }
  }

  @Test
  void maxAge_callThatGoesOn_isCutAfterTheGrace() throws Exception {
    serve(
        "{max-age: PT1S, age-grace: PT0S}",
        channel -> {
          var watch = HealthGrpc.newBlockingStub(channel).watch(REQUEST);
          assertThat(watch.next()).isNotNull();

          var cut = catchThrowableOfType(StatusRuntimeException.class, watch::next);

          assertThat(cut.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        });
  }

  @Test
  void maxIdle_connectionWithoutCalls_isEndedAndMadeAnew() throws Exception {
    serve(
        "{max-idle: PT1S}",
        channel -> {
          var health = HealthGrpc.newBlockingStub(channel);
          assertThat(health.check(REQUEST)).isNotNull();
          var ended = new CountDownLatch(1);
          assertThat(channel.getState(false)).isEqualTo(ConnectivityState.READY);
          channel.notifyWhenStateChanged(ConnectivityState.READY, ended::countDown);

          ended.await();

          assertThat(health.check(REQUEST)).isNotNull();
        });
  }
}
