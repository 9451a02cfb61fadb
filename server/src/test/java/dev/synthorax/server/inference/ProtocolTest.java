package dev.synthorax.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.proto.inference.GRPCInferenceServiceGrpc;
import dev.synthorax.proto.inference.LogSettingsRequest;
import dev.synthorax.proto.inference.ModelConfigRequest;
import dev.synthorax.proto.inference.ModelMetadataRequest;
import dev.synthorax.proto.inference.ModelReadyRequest;
import dev.synthorax.proto.inference.ModelStatisticsRequest;
import dev.synthorax.proto.inference.RepositoryIndexRequest;
import dev.synthorax.proto.inference.ServerLiveRequest;
import dev.synthorax.proto.inference.ServerMetadataRequest;
import dev.synthorax.proto.inference.ServerReadyRequest;
import dev.synthorax.proto.inference.StatisticDuration;
import dev.synthorax.proto.inference.TraceSettingRequest;
import dev.synthorax.server.config.AccessConfig;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every call of the protocol but those that run a model, against what its clients expect. */
@Timeout(120)
final class ProtocolTest {
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

  @Test
  void service_ofThisContract_hasTwentyCalls() {
    assertThat(GRPCInferenceServiceGrpc.getServiceDescriptor().getMethods()).hasSize(20);
    assertThat(server.service.bindService().getMethods())
        .extracting(method -> method.getMethodDescriptor().getFullMethodName())
        .containsExactlyInAnyOrderElementsOf(
            GRPCInferenceServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(MethodDescriptor::getFullMethodName)
                .toList());
  }

  @Test
  void server_thatServes_isLiveAndReady() {
    assertThat(server.stub().serverLive(ServerLiveRequest.getDefaultInstance()).getLive()).isTrue();
    assertThat(server.stub().serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
        .isTrue();
  }

  @Test
  void serverMetadata_byDefault_namesWhatIsThere() {
    var metadata = server.stub().serverMetadata(ServerMetadataRequest.getDefaultInstance());

    assertThat(metadata.getName()).isEqualTo("synthorax");
    assertThat(metadata.getVersion()).isNotEmpty();
    assertThat(metadata.getExtensionsList())
        .containsExactly(
            "classification",
            "schedule_policy",
            "model_configuration",
            "binary_tensor_data",
            "parameters",
            "statistics");
  }

  @Test
  void modelReady_pipelineAndUnknownOnes_isWhetherTheyAre() {
    assertThat(ready("squares", "")).isTrue();
    assertThat(ready("squares", "7")).isFalse();
    assertThat(ready("nobody", "")).isFalse();
  }

  private static boolean ready(String name, String version) {
    return server
        .stub()
        .modelReady(ModelReadyRequest.newBuilder().setName(name).setVersion(version).build())
        .getReady();
  }

  @Test
  void modelMetadata_plainModel_hasTheBatchDimension() {
    var metadata =
        server.stub().modelMetadata(ModelMetadataRequest.newBuilder().setName("echo").build());

    assertThat(metadata.getName()).isEqualTo("echo");
    assertThat(metadata.getPlatform()).isEqualTo("onnxruntime_onnx");
    assertThat(metadata.getInputs(0).getName()).isEqualTo("x");
    assertThat(metadata.getInputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 4L);
    assertThat(metadata.getOutputs(0).getShapeList()).containsExactly(-1L, 4L);
  }

  @Test
  void modelConfig_plainModel_isSet() {
    var response =
        server.stub().modelConfig(ModelConfigRequest.newBuilder().setName("echo").build());

    assertThat(response.hasConfig()).isTrue();
    assertThat(response.getConfig().getMaxBatchSize()).isEqualTo(8);
  }

  @Test
  void modelStatistics_oneVersion_tellsAllCounts() {
    var statistics =
        server
            .stub()
            .modelStatistics(
                ModelStatisticsRequest.newBuilder().setName("echo").setVersion("3").build())
            .getModelStats(0);

    assertThat(statistics.getVersion()).isEqualTo("3");
    assertThat(statistics.getLastInference()).isEqualTo(1_000);
    assertThat(statistics.getInferenceCount()).isEqualTo(5);
    assertThat(statistics.getExecutionCount()).isEqualTo(2);
    var stats = statistics.getInferenceStats();
    assertThat(
            Stream.of(
                    stats.getSuccess(),
                    stats.getFail(),
                    stats.getQueue(),
                    stats.getComputeInput(),
                    stats.getComputeInfer(),
                    stats.getComputeOutput(),
                    stats.getCacheHit(),
                    stats.getCacheMiss())
                .map(ProtocolTest::shown))
        .containsExactly("4/40", "1/10", "4/41", "4/42", "4/43", "4/44", "1/45", "2/46");
    assertThat(statistics.getBatchStats(0).getBatchSize()).isEqualTo(2);
    assertThat(shown(statistics.getBatchStats(0).getComputeOutput())).isEqualTo("1/3");
  }

  private static String shown(StatisticDuration duration) {
    return duration.getCount() + "/" + duration.getNs();
  }

  @Test
  void repositoryIndex_allAndReadyOnes_namesPipelinesToo() {
    var index = server.stub().repositoryIndex(RepositoryIndexRequest.getDefaultInstance());
    var ready =
        server.stub().repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build());

    assertThat(index).isEqualTo(ready);
    assertThat(index.getModelsList()).hasSize(1);
    assertThat(index.getModels(0).getName()).isEqualTo("squares");
    assertThat(index.getModels(0).getState()).isEqualTo("READY");
    assertThat(index.getModels(0).getReason()).isEmpty();
  }

  @Test
  void logSettings_askedFor_areThoseThatHold() {
    var settings = server.stub().logSettings(LogSettingsRequest.getDefaultInstance());

    assertThat(settings.getSettingsMap())
        .containsOnlyKeys(
            "log_file", "log_info", "log_warning", "log_error", "log_verbose_level", "log_format");
    assertThat(settings.getSettingsOrThrow("log_error").getBoolParam()).isTrue();
    assertThat(settings.getSettingsOrThrow("log_format").getStringParam()).isEqualTo("default");
  }

  @Test
  void logSettings_aChangeThatIsNone_isTaken() {
    var same = LogSettingsRequest.SettingValue.newBuilder().setBoolParam(true).build();

    server
        .stub()
        .logSettings(LogSettingsRequest.newBuilder().putSettings("log_error", same).build());
  }

  @Test
  void traceSetting_askedForAndCleared_isOff() {
    var clear = TraceSettingRequest.SettingValue.getDefaultInstance();

    var settings =
        server
            .stub()
            .traceSetting(
                TraceSettingRequest.newBuilder().putSettings("trace_rate", clear).build());

    assertThat(settings.getSettingsOrThrow("trace_level").getValueList()).containsExactly("OFF");
  }

  @Test
  void server_thatDrains_isLiveAndNotReady(@TempDir Path other) throws IOException {
    try (var draining = InferenceFixture.open(other, AccessConfig.DEFAULT)) {
      draining.echo.hold();
      var running =
          GRPCInferenceServiceGrpc.newFutureStub(draining.channel)
              .modelInfer(InferenceFixture.request(1).build());
      var held = draining.echo.next();
      var end = Thread.ofVirtual().start(() -> draining.drain(Duration.ofSeconds(30)));
      while (draining.services.isServing()) {
        Thread.onSpinWait();
      }

      assertThat(draining.stub().serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
          .isTrue();
      assertThat(draining.stub().serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
          .isFalse();

      held.answer();
      assertThat(running.get().getId()).isEqualTo("r1");
      end.join();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
