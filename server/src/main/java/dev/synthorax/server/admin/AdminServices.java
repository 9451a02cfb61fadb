package dev.synthorax.server.admin;

import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.services.ChannelzService;
import java.util.List;
import java.util.stream.Stream;

/**
 * gRPC's own services on the admin port: channelz shows every server and connection of this
 * process, reflection the contract of all its ports. What the main port serves is described here
 * and answered there.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class AdminServices implements GrpcEdge.Served {
  /** Servers, channels or sockets of one answer. */
  private static final int PAGE = 100;

  private final List<ServerServiceDefinition> definitions;

  /**
   * Services whose calls pass {@code guard}; they are answered while the server drains, too.
   *
   * @param main what reflection tells of beside
   */
  public AdminServices(CallGate gate, GrpcEdge.Guard guard, GrpcEdge.Served main) {
    List<ServerServiceDefinition> own =
        GrpcServices.behind(
            gate,
            guard,
            Stream.concat(
                    Stream.<BindableService>of(ChannelzService.newInstance(PAGE)),
                    GrpcServices.reflection().stream())
                .toList());
    List<String> names = own.stream().map(AdminServices::name).toList();
    definitions =
        Stream.concat(
                own.stream(),
                main.definitions().stream()
                    .filter(service -> !names.contains(name(service)))
                    .map(AdminServices::described))
            .toList();
  }

  private static String name(ServerServiceDefinition service) {
    return service.getServiceDescriptor().getName();
  }

  /** The same service to reflection; to a call, a word on where it is answered. */
  private static ServerServiceDefinition described(ServerServiceDefinition service) {
    var definition = ServerServiceDefinition.builder(service.getServiceDescriptor());
    service
        .getServiceDescriptor()
        .getMethods()
        .forEach(method -> definition.addMethod(method, AdminServices::elsewhere));
    return definition.build();
  }

  private static <Q, A> ServerCall.Listener<Q> elsewhere(ServerCall<Q, A> call, Metadata headers) {
    call.close(
        Status.UNIMPLEMENTED.withDescription(
            "%s is not answered on the admin port (expected: the port of --port)"
                .formatted(call.getMethodDescriptor().getFullMethodName())),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  @Override
  public String name() {
    return "admin";
  }

  @Override
  public List<ServerServiceDefinition> definitions() {
    return definitions;
  }

  @Override
  public void drain() {} // they tell of the end, too
}
