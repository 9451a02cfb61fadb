package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.ModelServiceGrpc;
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
 * <p><b>Ownership:</b> borrows the repository and the gate. <b>Threading:</b> any thread.
 */
public final class GrpcServices {
  private static final List<String> NAMES =
      List.of("", GenerationServiceGrpc.SERVICE_NAME, ModelServiceGrpc.SERVICE_NAME);

  private final HealthStatusManager health = new HealthStatusManager();
  private final List<ServerServiceDefinition> definitions;

  /** Services over the models of a repository; their calls pass {@code gate}. */
  public GrpcServices(ModelRepository models, CallGate gate) {
    requireNonNull(models, "models");
    var calls = new GatedCalls(gate);
    definitions =
        List.<BindableService>of(
                new GenerationRpc(models),
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

  private void setHealth(ServingStatus status) {
    NAMES.forEach(name -> health.setStatus(name, status));
  }
}
