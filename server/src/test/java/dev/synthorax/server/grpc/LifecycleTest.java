package dev.synthorax.server.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.RetryInfo;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetModelRequest;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.ModelState;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.server.pipeline.FakePipelines;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LifecycleTest {
  private static final GenerationSpec REQUEST = GenerationSpec.getDefaultInstance();

  @TempDir private Path folder;

  private static ServingStatus health(ServerFixture server, String service) {
    return HealthGrpc.newBlockingStub(server.channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static StatusRuntimeException refused(ServerFixture server, GenerationSpec request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> server.generate(request));
  }

  @Test
  void health_beforeAndAfterLoading_turnsToServing() throws IOException {
    FakePipelines.write(folder.resolve("squares"), FakePipelines.YAML);
    try (var server = ServerFixture.loading(folder)) {
      assertThat(health(server, "")).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(health(server, GenerationServiceGrpc.SERVICE_NAME))
          .isEqualTo(ServingStatus.NOT_SERVING);

      server.load();

      assertThat(health(server, "")).isEqualTo(ServingStatus.SERVING);
      assertThat(health(server, GenerationServiceGrpc.SERVICE_NAME))
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void health_ofAModel_isItsOwn() throws IOException {
    FakePipelines.writeBroken(folder.resolve("broken"));
    FakePipelines.write(folder.resolve("other"), FakePipelines.YAML);
    try (var server = ServerFixture.loaded(folder)) {
      assertThat(health(server, "squares")).isEqualTo(ServingStatus.SERVING);
      assertThat(health(server, "broken")).isEqualTo(ServingStatus.NOT_SERVING);

      server.models.unload("squares").join();

      assertThat(health(server, "squares")).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(health(server, "other")).isEqualTo(ServingStatus.SERVING);
      assertThat(
              catchThrowableOfType(StatusRuntimeException.class, () -> health(server, "nobody"))
                  .getStatus()
                  .getCode())
          .isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void generate_whileLoading_isUnavailableWithRetryInfo()
      throws IOException, InvalidProtocolBufferException {
    FakePipelines.write(folder.resolve("squares"), FakePipelines.YAML);
    try (var server = ServerFixture.loading(folder)) {
      var failure = refused(server, REQUEST);

      assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(BadInputTest.detail(failure, RetryInfo.class).getRetryDelay().getSeconds())
          .isEqualTo(1);
      assertThat(server.modelService().listModels(ListModelsRequest.getDefaultInstance()))
          .extracting(response -> response.getModels(0).getState())
          .isEqualTo(ModelState.MODEL_STATE_LOADING);
    }
  }

  @Test
  void load_oneModelIsBroken_servesTheOtherAndSaysWhy()
      throws IOException, InvalidProtocolBufferException {
    FakePipelines.writeBroken(folder.resolve("broken"));
    try (var server = ServerFixture.loaded(folder)) {
      var models =
          server.modelService().listModels(ListModelsRequest.getDefaultInstance()).getModelsList();

      assertThat(models).extracting(Model::getName).containsExactly("broken", "squares");
      assertThat(models.get(0).getState()).isEqualTo(ModelState.MODEL_STATE_FAILED);
      assertThat(models.get(0).getStateReason())
          .isEqualTo(
              "unet/model.safetensors: 7 bytes (expected: the header says 900; copy it again)");
      assertThat(models.get(1).getState()).isEqualTo(ModelState.MODEL_STATE_READY);
      assertThat(server.generate(REQUEST).getImagesCount()).isEqualTo(1);
      var failure = refused(server, GenerationSpec.newBuilder().setModel("broken").build());
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
      assertThat(BadInputTest.detail(failure, PreconditionFailure.class).getViolations(0).getType())
          .isEqualTo("MODEL_FAILED");
    }
  }

  @Test
  void listModels_pageByPage_namesEveryModel() throws IOException {
    FakePipelines.writeBroken(folder.resolve("broken"));
    try (var server = ServerFixture.loaded(folder)) {
      var first =
          server.modelService().listModels(ListModelsRequest.newBuilder().setPageSize(1).build());
      var second =
          server
              .modelService()
              .listModels(
                  ListModelsRequest.newBuilder().setPageToken(first.getNextPageToken()).build());

      assertThat(first.getModelsList()).extracting(Model::getName).containsExactly("broken");
      assertThat(second.getModelsList()).extracting(Model::getName).containsExactly("squares");
      assertThat(second.getNextPageToken()).isEmpty();
    }
  }

  @Test
  void getModel_theDefault_saysWhatItTakes() throws IOException {
    try (var server = ServerFixture.loaded(folder)) {
      var model = server.modelService().getModel(GetModelRequest.getDefaultInstance()).getModel();

      assertThat(model.getName()).isEqualTo("squares");
      assertThat(model.getVersion()).matches("[0-9a-f]{12}");
      assertThat(model.getDescription()).isEqualTo("Arithmetic that draws squares.");
      assertThat(model.getDiffusion().getStructuresList()).containsExactly("lungs", "heart");
      assertThat(model.getDiffusion().getRowCountsList()).containsExactly(2, 4, 8);
      assertThat(model.getDiffusion().getSizes(0).getWidth()).isEqualTo(16);
      assertThat(model.getDiffusion().getNoiseSchedulersList())
          .containsExactlyInAnyOrder(
              NoiseScheduler.NOISE_SCHEDULER_DDIM,
              NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M,
              NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M_KARRAS,
              NoiseScheduler.NOISE_SCHEDULER_EULER,
              NoiseScheduler.NOISE_SCHEDULER_EULER_ANCESTRAL,
              NoiseScheduler.NOISE_SCHEDULER_PNDM,
              NoiseScheduler.NOISE_SCHEDULER_LCM,
              NoiseScheduler.NOISE_SCHEDULER_UNIPC);
    }
  }

  @Test
  void unload_aCallUsesTheModel_letsItFinishThenServesNoMore()
      throws IOException, InterruptedException {
    try (var server = ServerFixture.loaded(folder)) {
      var steps = server.backend.holdSteps();
      var running = server.stream(GenerationSpec.newBuilder().setCount(2).build());
      running.nextEvent();

      server.models.unload("squares").join();

      assertThat(health(server, "")).isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(refused(server, REQUEST).getStatus().getCode())
          .isEqualTo(Code.FAILED_PRECONDITION);
      steps.release(100);
      assertThat(running.rest().stream().filter(GenerateStreamResponse::hasImage)).hasSize(2);
      server.models.load("squares").join();
      assertThat(health(server, "")).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void drain_workUnderWay_finishesItAndRefusesNew()
      throws IOException, InterruptedException, InvalidProtocolBufferException {
    try (var server = ServerFixture.loaded(folder)) {
      var steps = server.backend.holdSteps();
      var running = server.stream(GenerationSpec.newBuilder().setCount(2).build());
      running.nextEvent();

      var drained = CompletableFuture.supplyAsync(() -> server.drain(Duration.ofSeconds(60)));
      while (health(server, "") == ServingStatus.SERVING) {
        Thread.onSpinWait();
      }
      var failure = refused(server, REQUEST);
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(BadInputTest.detail(failure, RetryInfo.class).hasRetryDelay()).isTrue();
      assertThat(drained).isNotDone();
      steps.release(100);

      assertThat(running.rest().stream().filter(GenerateStreamResponse::hasImage)).hasSize(2);
      assertThat(drained.join()).isTrue();
    }
  }

  @Test
  void drain_workDoesNotFinishInTime_cutsItAsDraining()
      throws IOException, InterruptedException, InvalidProtocolBufferException {
    try (var server = ServerFixture.loaded(folder)) {
      var steps = server.backend.holdSteps();
      var running = server.stream(REQUEST);
      running.nextEvent();

      boolean finished = server.drain(Duration.ofMillis(50));

      assertThat(finished).isFalse();
      var failure = (StatusRuntimeException) requireNonNull(running.next().failure());
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(BadInputTest.detail(failure, ErrorInfo.class).getReason()).isEqualTo("DRAINING");
      assertThat(BadInputTest.detail(failure, RetryInfo.class).hasRetryDelay()).isTrue();
      assertThat(server.gate.calls()).isZero();
      steps.release(100);
      while (server.models.unfinishedImages() > 0) {
        Thread.onSpinWait();
      }
    }
  }
}
