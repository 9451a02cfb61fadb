package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.server.config.MemoryConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.repository.ModelRepository;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.List;

/**
 * The gRPC services, built once and handed to every edge that speaks them.
 *
 * <p>Health is NOT_SERVING until {@link #markServing}, and again from {@link #drain} on.
 *
 * <p><b>Ownership:</b> owns the stage that decodes masks; borrows the repository and the gate.
 * <b>Threading:</b> any thread.
 */
public final class GrpcServices implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("", GenerationServiceGrpc.SERVICE_NAME, ModelServiceGrpc.SERVICE_NAME);

  private final HealthStatusManager health = new HealthStatusManager();
  private final MaskStage masks;
  private final List<ServerServiceDefinition> definitions;

  /**
   * Services over the models of a repository; their calls pass {@code gate}.
   *
   * @param limits of what requests may hold
   */
  public GrpcServices(ModelRepository models, CallGate gate, MemoryConfig limits) {
    requireNonNull(models, "models");
    masks = new MaskStage(limits.maxMaskBytes(), this::masksBroke);
    var calls = new GatedCalls(gate);
    definitions =
        List.<BindableService>of(
                new GenerationRpc(models, masks),
                new ModelRpc(models),
                health.getHealthService(),
                ProtoReflectionServiceV1.newInstance())
            .stream()
            .map(
                service ->
                    ServerInterceptors.intercept(Received.checked(service.bindService()), calls))
            .toList();
    setHealth(ServingStatus.NOT_SERVING);
  }

  /** What an edge serves. */
  List<ServerServiceDefinition> definitions() {
    return definitions;
  }

  /** Says that the models are loaded. */
  public void markServing() {
    setHealth(ServingStatus.SERVING);
  }

  /** Says that the server serves no more, for good. */
  void drain() {
    health.enterTerminalState();
  }

  /** A server that cannot read masks says so, and stays so. */
  private void masksBroke() {
    drain();
  }

  /** Bytes of masks that wait to be decoded, with their pixels. */
  public long maskBytes() {
    return masks.heldBytes();
  }

  /** Ends what the services run; after the edges have stopped. */
  @Override
  public void close() {
    masks.close();
  }

  private void setHealth(ServingStatus status) {
    NAMES.forEach(name -> health.setStatus(name, status));
  }
}
