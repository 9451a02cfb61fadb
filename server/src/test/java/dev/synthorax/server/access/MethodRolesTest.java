package dev.synthorax.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.orca.OpenRcaServiceGrpc;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.server.config.Role;
import dev.synthorax.server.grpc.GatedCalls;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.health.v1.HealthGrpc;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MethodRolesTest {
  /** The roles of each service's methods, but for those that stand out. */
  private static Map<String, String> roles(ServiceDescriptor service) {
    return service.getMethods().stream()
        .collect(
            Collectors.toMap(
                method -> String.valueOf(method.getBareMethodName()),
                MethodRolesTest::roles,
                (a, _) -> a,
                TreeMap::new));
  }

  private static String roles(MethodDescriptor<?, ?> method) {
    return GatedCalls.isHealth(method.getFullMethodName())
        ? "open"
        : MethodRoles.of(method).stream().map(Role::word).collect(Collectors.joining(" "));
  }

  @Test
  void of_servicesOfModels_wantInfer() {
    assertThat(
            Stream.of(
                    GenerationServiceGrpc.getServiceDescriptor(),
                    SegmentationServiceGrpc.getServiceDescriptor(),
                    ClassificationServiceGrpc.getServiceDescriptor())
                .flatMap(service -> roles(service).values().stream()))
        .isNotEmpty()
        .containsOnly("infer");
    assertThat(roles(ModelServiceGrpc.getServiceDescriptor()).values())
        .containsOnly("infer train review");
    assertThat(roles(OpenRcaServiceGrpc.getServiceDescriptor()).values())
        .containsOnly("infer monitor");
    assertThat(roles(TrainingServiceGrpc.getServiceDescriptor()).values()).containsOnly("train");
  }

  @Test
  void of_reviews_readersRateAndTrainersPrepare() {
    assertThat(roles(ReviewServiceGrpc.getServiceDescriptor()))
        .containsEntry("SubmitRatings", "train review")
        .containsEntry("GetNextItem", "train review")
        .containsEntry("CreateReviewSet", "train")
        .containsEntry("DeleteReviewSet", "train")
        .containsEntry("ExportRatings", "train");
  }

  @Test
  void of_openInferenceProtocol_everyCallThatControlsWantsAdmin() {
    var roles = roles(GRPCInferenceServiceGrpc.getServiceDescriptor());

    assertThat(roles).hasSize(20);
    roles.forEach(
        (name, wanted) -> {
          boolean controls =
              name.contains("SharedMemory")
                  || name.matches("RepositoryModel(Load|Unload)|TraceSetting|LogSettings");
          boolean health = name.matches("Server(Live|Ready)");
          assertThat(wanted).as(name).isEqualTo(health ? "open" : controls ? "admin" : "infer");
        });
  }

  @Test
  void of_whatTellsHowTheServerDoes_wantsMonitorButForHealth() {
    assertThat(roles(HealthGrpc.getServiceDescriptor()).values()).containsOnly("open");
    assertThat(
            Stream.of(
                    ChannelzGrpc.getServiceDescriptor(),
                    io.grpc.reflection.v1.ServerReflectionGrpc.getServiceDescriptor(),
                    io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServiceDescriptor())
                .flatMap(service -> roles(service).values().stream()))
        .hasSizeGreaterThan(3)
        .containsOnly("monitor");
  }

  @Test
  void of_whatNobodyHasThoughtOf_wantsAdmin() {
    var method =
        HealthGrpc.getCheckMethod().toBuilder().setFullMethodName("some.Service/Method").build();

    assertThat(MethodRoles.of(method)).containsExactly(Role.ADMIN);
  }
}
