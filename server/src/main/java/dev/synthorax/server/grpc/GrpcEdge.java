package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.config.ConnectionConfig;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.Edge;
import dev.synthorax.server.edge.Listening;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC server. Health, reflection and the look-up of methods have a thread of their own, so
 * that they never wait for a request that is read.
 *
 * <p><b>Ownership:</b> owns its server and threads; borrows the services. <b>Threading:</b> any
 * thread.
 */
public final class GrpcEdge implements Edge {
  private static final Duration CUT_LIMIT = Duration.ofSeconds(1);

  /**
   * Who may connect and call.
   *
   * <p><b>Threading:</b> any thread.
   */
  public interface Guard {
    /** What connections are made with. */
    ServerCredentials credentials();

    /** What every call passes before its service. */
    ServerInterceptor door();

    /** Whether some callers may more than others: who connects is not let into everything then. */
    boolean tellsRoles();
  }

  /**
   * What an edge answers calls by.
   *
   * <p><b>Threading:</b> any thread.
   */
  public interface Served {
    /** Names the edge, one word, for logs. */
    String name();

    /** Each behind whatever its calls have to pass. */
    List<ServerServiceDefinition> definitions();

    /** Says that the server is about to end. */
    void drain();
  }

  private final Served services;
  private final ExecutorService callThreads;
  private final ExecutorService ownThread;
  private final Server server;

  private GrpcEdge(ServerBuilder<?> builder, Served services, ServerConfig config) {
    this.services = services;
    callThreads = Executors.newFixedThreadPool(config.callThreads(), threads("grpc-call-"));
    ownThread = Executors.newFixedThreadPool(1, threads("grpc-own-"));
    server =
        builder
            .executor(ownThread)
            .callExecutor(new ByMethod(callThreads))
            .maxInboundMessageSize(config.memory().maxMessageBytes())
            .addServices(services.definitions())
            .build();
  }

  private static java.util.concurrent.ThreadFactory threads(String prefix) {
    return Thread.ofPlatform().name(prefix, 0).daemon().factory();
  }

  /** Which threads a call runs on; null: those that looked its method up. */
  private record ByMethod(Executor callThreads) implements ServerCallExecutorSupplier {
    @Override
    public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
      return GatedCalls.isOwn(call.getMethodDescriptor().getFullMethodName()) ? null : callThreads;
    }
  }

  /**
   * Binds a TCP port and takes calls.
   *
   * @param port 0: any free one
   * @param guard says how connections are made
   * @throws InferenceException {@code INVALID_ARGUMENT} in one line if the port is in use or the
   *     address is not ours
   */
  public static GrpcEdge listen(
      String host, int port, Guard guard, Served services, ServerConfig config) {
    ConnectionConfig limits = config.connections();
    var builder =
        NettyServerBuilder.forAddress(Listening.address(host, port), guard.credentials())
            .maxInboundMetadataSize(limits.maxMetadataBytes())
            .maxConcurrentCallsPerConnection(limits.maxCalls())
            .maxRstFramesPerWindow(limits.maxResetsPerSecond(), 1)
            .permitKeepAliveTime(limits.minClientPing().toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(limits.ping().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(limits.pingTimeout().toNanos(), TimeUnit.NANOSECONDS);
    if (!limits.maxIdle().isZero()) {
      builder.maxConnectionIdle(limits.maxIdle().toNanos(), TimeUnit.NANOSECONDS);
    }
    if (!limits.maxAge().isZero()) {
      builder
          .maxConnectionAge(limits.maxAge().toNanos(), TimeUnit.NANOSECONDS)
          .maxConnectionAgeGrace(limits.ageGrace().toNanos(), TimeUnit.NANOSECONDS);
    }
    try {
      return start(builder, services, config);
    } catch (IOException e) {
      throw Listening.refused(host, port, e);
    }
  }

  /** Starts on any transport. */
  public static GrpcEdge start(ServerBuilder<?> builder, Served services, ServerConfig config)
      throws IOException {
    var edge =
        new GrpcEdge(
            requireNonNull(builder, "builder"), requireNonNull(services, "services"), config);
    try {
      edge.server.start();
      return edge;
    } catch (IOException e) {
      edge.endThreads();
      throw e;
    }
  }

  private void endThreads() {
    callThreads.shutdown();
    ownThread.shutdown();
  }

  @Override
  public String name() {
    return services.name();
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public void drain() {
    services.drain();
  }

  @Override
  public void stop(Duration limit) throws InterruptedException {
    try {
      server.shutdown();
      if (!server.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        server.shutdownNow();
        server.awaitTermination(CUT_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
      }
    } finally {
      endThreads();
    }
  }
}
