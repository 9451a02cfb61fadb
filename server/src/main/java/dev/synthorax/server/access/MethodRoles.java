package dev.synthorax.server.access;

import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.orca.OpenRcaServiceGrpc;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.proto.v1.ReviewServiceGrpc;
import dev.synthorax.proto.v1.SegmentationServiceGrpc;
import dev.synthorax.proto.v1.TrainingServiceGrpc;
import dev.synthorax.server.config.Role;
import io.grpc.MethodDescriptor;
import io.grpc.channelz.v1.ChannelzGrpc;
import java.util.EnumSet;
import java.util.Set;

/** Which roles may call what; one of them is enough. */
final class MethodRoles {
  /** Of the Open Inference Protocol: what changes the server, or shows its machine. */
  private static final Set<String> CONTROL =
      Set.of(
          "RepositoryModelLoad",
          "RepositoryModelUnload",
          "TraceSetting",
          "LogSettings",
          "SystemSharedMemoryStatus",
          "SystemSharedMemoryRegister",
          "SystemSharedMemoryUnregister",
          "CudaSharedMemoryStatus",
          "CudaSharedMemoryRegister",
          "CudaSharedMemoryUnregister");

  /** Of reviews: what a reader calls. */
  private static final Set<String> READING =
      Set.of("ListReviewSets", "GetNextItem", "GetReviewItem", "SubmitRatings");

  /** Who may see how the server does. */
  static final Set<Role> WATCHING = Set.of(Role.MONITOR);

  private MethodRoles() {}

  /** Roles that may, beside {@link Role#ADMIN}, which may all. */
  static Set<Role> of(MethodDescriptor<?, ?> method) {
    String name = String.valueOf(method.getBareMethodName());
    return switch (String.valueOf(method.getServiceName())) {
      case GenerationServiceGrpc.SERVICE_NAME,
          SegmentationServiceGrpc.SERVICE_NAME,
          ClassificationServiceGrpc.SERVICE_NAME ->
          EnumSet.of(Role.INFER);
      case ModelServiceGrpc.SERVICE_NAME -> EnumSet.of(Role.INFER, Role.TRAIN, Role.REVIEW);
      case GRPCInferenceServiceGrpc.SERVICE_NAME ->
          CONTROL.contains(name) ? EnumSet.of(Role.ADMIN) : EnumSet.of(Role.INFER);
      case TrainingServiceGrpc.SERVICE_NAME -> EnumSet.of(Role.TRAIN);
      case ReviewServiceGrpc.SERVICE_NAME ->
          READING.contains(name) ? EnumSet.of(Role.REVIEW, Role.TRAIN) : EnumSet.of(Role.TRAIN);
      case OpenRcaServiceGrpc.SERVICE_NAME -> EnumSet.of(Role.INFER, Role.MONITOR);
      case ChannelzGrpc.SERVICE_NAME,
          io.grpc.reflection.v1.ServerReflectionGrpc.SERVICE_NAME,
          io.grpc.reflection.v1alpha.ServerReflectionGrpc.SERVICE_NAME ->
          WATCHING;
      default -> EnumSet.of(Role.ADMIN); // what nobody has thought of here
    };
  }
}
