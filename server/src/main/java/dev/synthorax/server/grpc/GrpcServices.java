package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;

import dev.synthorax.server.config.MemoryConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import dev.synthorax.server.review.Reviews;
import dev.synthorax.server.training.TrainingRoom;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The gRPC services, built once and handed to every edge that speaks them.
 *
 * <p>Health is SERVING from {@link #markServing} to {@link #drain}, for as long as a model is
 * ready; under the name of a model, for as long as this one is.
 *
 * <p><b>Ownership:</b> owns the stage that decodes masks; borrows the others.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class GrpcServices implements GrpcEdge.Served, AutoCloseable {
  private final HealthStatusManager health = new HealthStatusManager();
  private final ModelRepository models;
  private final MaskStage masks;
  private final TrainingRpc training;
  private final List<ServerServiceDefinition> definitions;
  private final List<String> names;
  private volatile boolean loaded;
  private volatile boolean ended;

  /**
   * Services over the models of a repository and a room for training; their calls pass {@code
   * gate}, then {@code guard}.
   *
   * @param guard says who may come in
   * @param limits of what requests may hold
   * @param more services, of other contracts
   */
  public GrpcServices(
      ModelRepository models,
      TrainingRoom room,
      Records records,
      CallGate gate,
      GrpcEdge.Guard guard,
      MemoryConfig limits,
      List<BindableService> more) {
    this.models = requireNonNull(models, "models");
    masks = new MaskStage(limits.maxMaskBytes(), this::masksBroke);
    training = new TrainingRpc(room);
    definitions =
        behind(
            gate,
            guard,
            Stream.of(
                    List.<BindableService>of(
                        new GenerationRpc(models, masks),
                        new ModelRpc(models),
                        training,
                        new ReviewRpc(
                            new Reviews(records, InstantSource.system()), room.datasets()),
                        health.getHealthService()),
                    guard.tellsRoles() ? List.<BindableService>of() : reflection(),
                    more)
                .flatMap(List::stream)
                .toList());
    names =
        Stream.concat(
                Stream.of(""),
                definitions.stream()
                    .map(service -> service.getServiceDescriptor().getName())
                    .filter(name -> !GatedCalls.isOwn(name)))
            .toList();
    refreshHealth();
    models.onChange(this::refreshHealth);
  }

  /** Services whose calls pass the gate, then the guard. */
  public static List<ServerServiceDefinition> behind(
      CallGate gate, GrpcEdge.Guard guard, List<BindableService> services) {
    var calls = new GatedCalls(gate);
    return services.stream()
        .map(
            service ->
                ServerInterceptors.intercept(
                    Received.checked(ServerInterceptors.intercept(service, guard.door())), calls))
        .toList();
  }

  /** What tells the contract of the server that it stands on, in both versions that clients ask. */
  @SuppressWarnings("deprecation") // v1alpha is what older clients know
  public static List<BindableService> reflection() {
    return List.of(ProtoReflectionServiceV1.newInstance(), ProtoReflectionService.newInstance());
  }

  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public List<ServerServiceDefinition> definitions() {
    return definitions;
  }

  /** Says that the first load is over. */
  public void markServing() {
    loaded = true;
    refreshHealth();
  }

  /** Health says NOT_SERVING, for good; calls that would go on for ever end. */
  @Override
  public void drain() {
    endHealth();
    training.drain();
  }

  /** A server that cannot read masks says so, and stays so. */
  private void masksBroke() {
    endHealth();
  }

  private void endHealth() {
    ended = true;
    health.enterTerminalState();
  }

  /** Whether the server takes requests, as health says. */
  public boolean isServing() {
    return loaded && !ended && isReady(models.list());
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

  /** One at a time, so that the last of two changes is the one that is said. */
  private synchronized void refreshHealth() {
    boolean serving = isServing();
    names.forEach(name -> health.setStatus(name, status(serving)));
    models.list().stream()
        .collect(groupingBy(ModelStatus::name))
        .forEach((name, versions) -> health.setStatus(name, status(serving && isReady(versions))));
  }

  private static boolean isReady(List<ModelStatus> some) {
    return some.stream().anyMatch(model -> model.state() == ModelState.READY);
  }

  private static ServingStatus status(boolean serving) {
    return serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }
}
