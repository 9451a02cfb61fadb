package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.server.repository.ModelRepository;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC server with its services, health and reflection.
 *
 * <p>Health is NOT_SERVING until {@link #markServing}, and again from {@link #drain} on.
 *
 * <p><b>Ownership:</b> owns its server and call threads; borrows the repository.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class GrpcEdge {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final int MAX_METADATA_BYTES = 16 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 1024;
  private static final int MAX_RST_FRAMES = 400;
  private static final int RST_WINDOW_SECONDS = 30;
  private static final int CALL_THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());
  private static final List<String> SERVICES =
      List.of("", GenerationServiceGrpc.SERVICE_NAME, ModelServiceGrpc.SERVICE_NAME);

  private final DrainGate gate = new DrainGate();
  private final HealthStatusManager health = new HealthStatusManager();
  private final ExecutorService callThreads;
  private final Server server;

  private GrpcEdge(ServerBuilder<?> builder, ModelRepository models) {
    callThreads =
        Executors.newFixedThreadPool(
            CALL_THREADS, Thread.ofPlatform().name("grpc-call-", 0).daemon().factory());
    setHealth(ServingStatus.NOT_SERVING);
    server =
        builder
            .executor(callThreads)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .intercept(gate)
            .addService(new GenerationRpc(models))
            .addService(new ModelRpc(models))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build();
  }

  /**
   * Binds a TCP port and takes calls.
   *
   * @param port 0: any free one
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if the port is in use or the
   *     address is not ours
   */
  public static GrpcEdge listen(String host, int port, ModelRepository models) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "host: %s (expected: an address or a name of this machine)".formatted(host));
    }
    var builder =
        NettyServerBuilder.forAddress(address)
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RST_FRAMES, RST_WINDOW_SECONDS)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(60, TimeUnit.SECONDS)
            .keepAliveTimeout(20, TimeUnit.SECONDS);
    try {
      return start(builder, models);
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "cannot listen on %s port %d: %s".formatted(host, port, refusal(e)),
          e);
    }
  }

  /** What the system said of an address, and what it takes instead. */
  private static String refusal(IOException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = String.valueOf(root.getMessage()).toLowerCase(Locale.ROOT);
    if (said.contains("in use")) {
      return "in use (expected: a free port; 0 takes any)";
    }
    if (said.contains("assign")) {
      return "no address of this machine (expected: 127.0.0.1, or 0.0.0.0 for all)";
    }
    return said + " (expected: a port that is open to you; 0 takes any)";
  }

  /** Starts on any transport. */
  static GrpcEdge start(ServerBuilder<?> builder, ModelRepository models) throws IOException {
    var edge = new GrpcEdge(requireNonNull(builder, "builder"), requireNonNull(models, "models"));
    try {
      edge.server.start();
      return edge;
    } catch (IOException e) {
      edge.callThreads.shutdown();
      throw e;
    }
  }

  /** The bound port; -1 where the transport has none. */
  public int port() {
    return server.getPort();
  }

  /** Says that the models are loaded. */
  public void markServing() {
    setHealth(ServingStatus.SERVING);
  }

  private void setHealth(ServingStatus status) {
    SERVICES.forEach(service -> health.setStatus(service, status));
  }

  /**
   * Refuses new calls, lets those under way finish, then stops.
   *
   * @param grace how long calls may take to finish; those left are cancelled
   * @return whether all calls finished
   */
  public boolean drain(Duration grace) {
    if (gate.close()) {
      health.enterTerminalState();
    }
    boolean finished = false;
    try {
      finished = gate.awaitEmpty(grace);
      server.shutdown();
      if (!finished || !server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    callThreads.shutdown();
    return finished;
  }

  /** Blocks until the server has stopped. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }
}
