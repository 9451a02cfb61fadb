package dev.synthorax.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.proto.orca.OpenRcaServiceGrpc;
import dev.synthorax.proto.orca.OrcaLoadReportRequest;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.server.access.Access;
import dev.synthorax.server.config.SecurityConfig;
import dev.synthorax.server.config.ServerConfig;
import dev.synthorax.server.edge.CallGate;
import dev.synthorax.server.grpc.GrpcEdge;
import dev.synthorax.server.grpc.GrpcServices;
import dev.synthorax.server.pipeline.FakePipelines;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.telemetry.ServerLoad;
import dev.synthorax.server.telemetry.ServerStatus;
import dev.synthorax.server.training.TestRooms;
import dev.synthorax.server.training.TrainingRoom;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server's two gRPC ports, over real connections. */
@Timeout(60)
final class AdminServicesTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  @TempDir private Path folder;
  private final List<GrpcEdge> edges = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private ModelRepository models;
  private TrainingRoom training;
  private @Nullable LoadReports reports;

  @BeforeEach
  void make() throws IOException {
    FakePipelines.write(folder.resolve("models/squares"), FakePipelines.YAML);
    models =
        new ModelRepository(new ModelFolders(List.of(folder.resolve("models")), ModelLoader.all()));
    training = TestRooms.idle(models);
  }

  @AfterEach
  void close() throws InterruptedException {
    channels.forEach(ManagedChannel::shutdownNow);
    for (GrpcEdge edge : edges) {
      edge.stop(LIMIT);
    }
    if (reports != null) {
      reports.close();
    }
    training.close();
    models.close();
  }

  /** Ports of a server: where it serves, and where it is watched. */
  private record Ports(int main, int admin) {}

  private Ports serve(SecurityConfig security) {
    var gate = new CallGate();
    Access access = Access.of(security);
    var main =
        new GrpcServices(
            models,
            training,
            new Records(folder.resolve("none")),
            gate,
            access,
            ServerConfig.DEFAULT.memory(),
            List.of(loadReports(gate)));
    edges.add(GrpcEdge.listen("127.0.0.1", 0, access, main, ServerConfig.DEFAULT));
    var own = new AdminServices(gate, access, main);
    edges.add(GrpcEdge.listen("127.0.0.1", 0, access, own, ServerConfig.DEFAULT));
    return new Ports(edges.getFirst().port(), edges.getLast().port());
  }

  private LoadReports loadReports(CallGate gate) {
    var none = new ServerStatus.Use(0, 1);
    var memory = new ServerStatus.Memory(none, none, none, none, none);
    reports =
        new LoadReports(
            new ServerLoad(
                models,
                gate.times(),
                () ->
                    new ServerStatus(
                        Duration.ZERO, models.list(), gate.calls(), 0, memory, Map.of()),
                System::nanoTime));
    return reports;
  }

  private Channel channel(int port, @Nullable String token) {
    ManagedChannel plain = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    channels.add(plain);
    var headers = new Metadata();
    if (token != null) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    }
    return ClientInterceptors.intercept(plain, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private SecurityConfig tokens() throws Exception {
    String all = "tenants:\n";
    for (String role : List.of("infer", "monitor", "admin")) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(("t-" + role).getBytes(UTF_8));
      all +=
          "  %s: {tokens: [%s], roles: [%s]}%n"
              .formatted(role, HexFormat.of().formatHex(digest), role);
    }
    Path file = Files.writeString(folder.resolve("tokens.yaml"), all);
    return new SecurityConfig("", "", "", file.toString());
  }

  /** Names of the services that reflection tells of. */
  private static List<String> servicesV1(Channel channel) {
    var request =
        io.grpc.reflection.v1.ServerReflectionRequest.newBuilder().setListServices("").build();
    var answer =
        ClientCalls.blockingServerStreamingCall(
            channel,
            io.grpc.reflection.v1.ServerReflectionGrpc.getServerReflectionInfoMethod(),
            io.grpc.CallOptions.DEFAULT,
            request);
    return answer.next().getListServicesResponse().getServiceList().stream()
        .map(service -> service.getName())
        .toList();
  }

  private static List<String> servicesV1Alpha(Channel channel) {
    var request =
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder().setListServices("").build();
    var answer =
        ClientCalls.blockingServerStreamingCall(
            channel,
            io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServerReflectionInfoMethod(),
            io.grpc.CallOptions.DEFAULT,
            request);
    return answer.next().getListServicesResponse().getServiceList().stream()
        .map(service -> service.getName())
        .toList();
  }

  private static List<Server> servers(Channel channel) {
    return ChannelzGrpc.newBlockingStub(channel)
        .getServers(GetServersRequest.getDefaultInstance())
        .getServerList();
  }

  private static Code refused(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
  }

  @Test
  void adminPort_reflection_tellsOfBothPortsInBothVersions() {
    Channel admin = channel(serve(SecurityConfig.DEFAULT).admin(), null);

    assertThat(servicesV1(admin))
        .contains("synthorax.v1.GenerationService", "grpc.channelz.v1.Channelz")
        .doesNotHaveDuplicates();
    assertThat(servicesV1Alpha(admin))
        .contains("synthorax.v1.GenerationService", "grpc.channelz.v1.Channelz");
  }

  @Test
  void adminPort_channelz_listsBothServersWithTheirPorts() {
    Ports ports = serve(SecurityConfig.DEFAULT);

    assertThat(servers(channel(ports.admin(), null)))
        .flatExtracting(Server::getListenSocketList)
        .extracting(socket -> socket.getName())
        .anyMatch(name -> name.contains(":" + ports.main() + "]"))
        .anyMatch(name -> name.contains(":" + ports.admin() + "]"));
  }

  @Test
  void adminPort_callOfTheMainPort_saysWhereItIsAnswered() {
    Channel admin = channel(serve(SecurityConfig.DEFAULT).admin(), null);

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ModelServiceGrpc.newBlockingStub(admin)
                    .listModels(ListModelsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED);
    assertThat(failure.getStatus().getDescription())
        .isEqualTo(
            "synthorax.v1.ModelService/ListModels is not answered on the admin port (expected: the"
                + " port of --port)");
  }

  @Test
  void mainPort_withoutTokens_tellsItsContractInBothVersionsAndNoChannels() {
    Channel main = channel(serve(SecurityConfig.DEFAULT).main(), null);

    assertThat(servicesV1(main)).contains("synthorax.v1.GenerationService");
    assertThat(servicesV1Alpha(main)).contains("synthorax.v1.GenerationService");
    assertThat(refused(() -> servers(main))).isEqualTo(Code.UNIMPLEMENTED);
  }

  @Test
  void mainPort_withTokens_tellsNobody() throws Exception {
    Channel main = channel(serve(tokens()).main(), "t-admin");

    assertThat(
            ModelServiceGrpc.newBlockingStub(main)
                .listModels(ListModelsRequest.getDefaultInstance())
                .getModelsList())
        .isNotEmpty();
    assertThat(refused(() -> servicesV1(main))).isEqualTo(Code.UNIMPLEMENTED);
    assertThat(refused(() -> servicesV1Alpha(main))).isEqualTo(Code.UNIMPLEMENTED);
    assertThat(refused(() -> servers(main))).isEqualTo(Code.UNIMPLEMENTED);
  }

  @Test
  void adminPort_withTokens_tellsThoseWhoWatchAlone() throws Exception {
    int port = serve(tokens()).admin();

    for (String token : List.of("t-monitor", "t-admin")) {
      assertThat(servers(channel(port, token))).as(token).isNotEmpty();
      assertThat(servicesV1(channel(port, token))).as(token).isNotEmpty();
    }
    Channel other = channel(port, "t-infer");
    assertThat(refused(() -> servers(other))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refused(() -> servicesV1(other))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refused(() -> servicesV1Alpha(other))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refused(() -> servers(channel(port, null)))).isEqualTo(Code.UNAUTHENTICATED);
  }

  @Test
  void mainPort_loadReports_comeAtOnceAndHoldUpNoEnd() throws Exception {
    Ports ports = serve(tokens());
    var stub = OpenRcaServiceGrpc.newBlockingStub(channel(ports.main(), "t-infer"));
    var every =
        OrcaLoadReportRequest.newBuilder()
            .setReportInterval(com.google.protobuf.Duration.newBuilder().setSeconds(1))
            .build();

    var stream = stub.streamCoreMetrics(every);

    assertThat(stream.next().getMemUtilization()).isPositive();
    assertThat(stream.next().getMemUtilization()).isPositive();
    edges.getFirst().stop(Duration.ZERO);
    assertThat(refused(stream::next)).isIn(Code.UNAVAILABLE, Code.CANCELLED);
    Channel nobody = channel(ports.admin(), null);
    assertThat(
            refused(
                () -> OpenRcaServiceGrpc.newBlockingStub(nobody).streamCoreMetrics(every).next()))
        .as("on the admin port it is described alone")
        .isEqualTo(Code.UNIMPLEMENTED);
  }
}
