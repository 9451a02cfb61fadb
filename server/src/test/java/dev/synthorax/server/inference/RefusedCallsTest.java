package dev.synthorax.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.proto.inference.CudaSharedMemoryRegisterRequest;
import dev.synthorax.proto.inference.CudaSharedMemoryStatusRequest;
import dev.synthorax.proto.inference.CudaSharedMemoryUnregisterRequest;
import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.synthorax.proto.inference.LogSettingsRequest;
import dev.synthorax.proto.inference.ModelConfigRequest;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelMetadataRequest;
import dev.synthorax.proto.inference.ModelRepositoryParameter;
import dev.synthorax.proto.inference.ModelStatisticsRequest;
import dev.synthorax.proto.inference.RepositoryIndexRequest;
import dev.synthorax.proto.inference.RepositoryModelLoadRequest;
import dev.synthorax.proto.inference.RepositoryModelUnloadRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryRegisterRequest;
import dev.synthorax.proto.inference.SystemSharedMemoryStatusRequest;
import dev.synthorax.proto.inference.TraceSettingRequest;
import dev.synthorax.server.config.AccessConfig;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that cannot be, or are not allowed: each says why. */
@Timeout(120)
final class RefusedCallsTest {
  @TempDir private static Path folder;
  private static InferenceFixture server;

  @BeforeAll
  static void start() throws IOException {
    server = InferenceFixture.open(folder, AccessConfig.DEFAULT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static StatusRuntimeException failure(
      Function<GRPCInferenceServiceBlockingStub, ?> call) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> call.apply(server.stub()));
  }

  private static void assertFails(
      Function<GRPCInferenceServiceBlockingStub, ?> call, Code code, String beginning) {
    var failure = failure(call);

    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).startsWith(beginning).hasLineCount(1);
  }

  static Stream<Arguments> refused() {
    var control = ModelRepositoryParameter.newBuilder().setStringParam("{}").build();
    return Stream.of(
        refused(
            "metadata",
            s -> s.modelMetadata(ModelMetadataRequest.newBuilder().setName("nobody").build()),
            Code.NOT_FOUND,
            "Request for unknown model: 'nobody' is not found"),
        refused(
            "version",
            s ->
                s.modelConfig(
                    ModelConfigRequest.newBuilder().setName("echo").setVersion("9").build()),
            Code.NOT_FOUND,
            "Request for unknown model: 'echo' version 9 is not found"),
        refused(
            "no name",
            s -> s.modelConfig(ModelConfigRequest.getDefaultInstance()),
            Code.INVALID_ARGUMENT,
            "name: not there"),
        refused(
            "pipeline",
            s -> s.modelMetadata(ModelMetadataRequest.newBuilder().setName("squares").build()),
            Code.INVALID_ARGUMENT,
            "model 'squares': a diffusion pipeline"),
        refused(
            "infer",
            s -> s.modelInfer(ModelInferRequest.newBuilder().setModelName("squares").build()),
            Code.INVALID_ARGUMENT,
            "model 'squares': a diffusion pipeline"),
        refused(
            "statistics",
            s -> s.modelStatistics(ModelStatisticsRequest.newBuilder().setName("nobody").build()),
            Code.NOT_FOUND,
            "Request for unknown model: 'nobody' is not found"),
        refused(
            "repository",
            s ->
                s.repositoryIndex(
                    RepositoryIndexRequest.newBuilder().setRepositoryName("other").build()),
            Code.UNIMPLEMENTED,
            "repository_name: given"),
        refused(
            "load",
            s ->
                s.repositoryModelLoad(
                    RepositoryModelLoadRequest.newBuilder()
                        .setModelName("squares")
                        .putParameters("config", control)
                        .build()),
            Code.UNIMPLEMENTED,
            "loading and unloading is off (start the server with --model-control)"),
        refused(
            "unload",
            s ->
                s.repositoryModelUnload(
                    RepositoryModelUnloadRequest.newBuilder().setModelName("squares").build()),
            Code.UNIMPLEMENTED,
            "loading and unloading is off"),
        refused(
            "log",
            s ->
                s.logSettings(
                    LogSettingsRequest.newBuilder()
                        .putSettings(
                            "log_verbose_level",
                            LogSettingsRequest.SettingValue.newBuilder().setUint32Param(9).build())
                        .build()),
            Code.UNIMPLEMENTED,
            "settings[\"log_verbose_level\"]: cannot be changed"),
        refused(
            "log file",
            s ->
                s.logSettings(
                    LogSettingsRequest.newBuilder()
                        .putSettings(
                            "log_file",
                            LogSettingsRequest.SettingValue.newBuilder()
                                .setStringParam("/tmp/x")
                                .build())
                        .build()),
            Code.UNIMPLEMENTED,
            "settings[\"log_file\"]: cannot be changed"),
        refused(
            "log name",
            s ->
                s.logSettings(
                    LogSettingsRequest.newBuilder()
                        .putSettings(
                            "log_colour", LogSettingsRequest.SettingValue.getDefaultInstance())
                        .build()),
            Code.INVALID_ARGUMENT,
            "settings[\"log_colour\"]: no such setting (expected: one of log_error, "),
        refused(
            "trace",
            s ->
                s.traceSetting(
                    TraceSettingRequest.newBuilder()
                        .putSettings(
                            "trace_level",
                            TraceSettingRequest.SettingValue.newBuilder()
                                .addValue("TENSORS")
                                .build())
                        .build()),
            Code.UNIMPLEMENTED,
            "settings[\"trace_level\"]: cannot be changed"),
        refused(
            "trace model",
            s -> s.traceSetting(TraceSettingRequest.newBuilder().setModelName("nobody").build()),
            Code.NOT_FOUND,
            "Request for unknown model: 'nobody' is not found"),
        refused(
            "shared",
            s -> s.systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance()),
            Code.UNIMPLEMENTED,
            "system shared memory is off"),
        refused(
            "register",
            s ->
                s.systemSharedMemoryRegister(
                    SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName("a")
                        .setKey("/a")
                        .setByteSize(1)
                        .build()),
            Code.UNIMPLEMENTED,
            "system shared memory is off"),
        refused(
            "cuda",
            s -> s.cudaSharedMemoryStatus(CudaSharedMemoryStatusRequest.getDefaultInstance()),
            Code.UNIMPLEMENTED,
            "CUDA shared memory is not part of this server"),
        refused(
            "cuda register",
            s -> s.cudaSharedMemoryRegister(CudaSharedMemoryRegisterRequest.getDefaultInstance()),
            Code.UNIMPLEMENTED,
            "CUDA shared memory is not part of this server"),
        refused(
            "cuda unregister",
            s ->
                s.cudaSharedMemoryUnregister(
                    CudaSharedMemoryUnregisterRequest.getDefaultInstance()),
            Code.UNIMPLEMENTED,
            "CUDA shared memory is not part of this server"));
  }

  private static Arguments refused(
      String what,
      Function<GRPCInferenceServiceBlockingStub, ?> call,
      Code code,
      String beginning) {
    return Arguments.of(what, call, code, beginning);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void call_thatCannotBe_saysWhy(
      String what,
      Function<GRPCInferenceServiceBlockingStub, ?> call,
      Code code,
      String beginning) {
    assertFails(call, code, beginning);
  }
}
