package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How calls go on and how they end. */
@Timeout(120)
final class GenerationCallsTest {
  @TempDir private Path folder;
  private ServerFixture server;

  @BeforeEach
  void start() throws IOException {
    server = ServerFixture.loaded(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void generateStream_inOrder_queuedThenImagesThenEnd() throws InterruptedException {
    var log = server.stream(ServerFixture.request(3).setCount(2).setRequestId("mine").build());

    var first = log.nextEvent();
    assertThat(first.hasQueued()).isTrue();
    assertThat(first.getRequestId()).isEqualTo("mine");
    assertThat(first.getQueued().getSettings().getSeed()).isEqualTo(3);
    assertThat(Durations.toNanos(first.getQueued().getEta())).isPositive();
    var images = new ArrayList<Integer>();
    for (var event : log.rest()) {
      if (event.hasImage()) {
        images.add(event.getImage().getIndex());
      } else {
        assertThat(event.getProgress().getStepsTotal()).isEqualTo(10);
      }
    }
    assertThat(images).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void generateStream_cancelled_freesItsRowsWithinOneStep() throws InterruptedException {
    var steps = server.backend.holdSteps();
    int before = server.backend.unetRuns().size();
    var leaving = server.stream(ServerFixture.request(1).setNumInferenceSteps(500).build());
    leaving.nextEvent();
    var staying = server.stream(ServerFixture.request(2).setNumInferenceSteps(6).build());
    staying.nextEvent();
    steps.release(2);
    awaitRuns(before + 2);

    leaving.cancel();
    awaitUnfinished(1);
    steps.release(500);

    assertThat(staying.rest()).anyMatch(GenerateStreamResponse::hasImage);
    var rows =
        List.copyOf(server.backend.unetRuns())
            .subList(before + 2, server.backend.unetRuns().size());
    assertThat(rows).hasSizeLessThanOrEqualTo(7).last().isEqualTo(2);
    assertThat(rows.stream().filter(count -> count == 4).count())
        .as("steps that still held the cancelled rows: at most the one under way")
        .isLessThanOrEqualTo(1);
  }

  @Test
  void generate_deadlinePasses_endsAndFreesItsRows() {
    var steps = server.backend.holdSteps();

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                server
                    .generation()
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .generate(
                        GenerateRequest.newBuilder()
                            .setSpec(ServerFixture.request(1).setNumInferenceSteps(900))
                            .build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    steps.release(10);
    awaitUnfinished(0);
  }

  @Test
  void generate_queueFull_isResourceExhaustedWithRetryInfo()
      throws InterruptedException, InvalidProtocolBufferException {
    server.backend.holdSteps();
    var first = server.stream(ServerFixture.request(1).setCount(40).build());
    first.nextEvent();

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.generate(ServerFixture.request(2).build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure.getStatus().getDescription())
        .startsWith("the queue is full: 40 images wait");
    assertThat(BadInputTest.detail(failure, ErrorInfo.class).getReason()).isEqualTo("QUEUE_FULL");
    var delay = BadInputTest.detail(failure, RetryInfo.class).getRetryDelay();
    assertThat(Durations.toNanos(delay)).isPositive();
  }

  @Test
  void generate_backendFails_isInternalWithoutPathsAndServesOn()
      throws InvalidProtocolBufferException {
    server.backend.fail(true);

    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.generate(ServerFixture.request(1).build()));
    server.backend.fail(false);

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.INTERNAL);
    assertThat(failure.getStatus().getDescription()).doesNotContain("/");
    assertThat(BadInputTest.detail(failure, ErrorInfo.class).getReason())
        .isEqualTo("BACKEND_FAILURE");
    assertThat(server.pixels(ServerFixture.request(1).build())).hasSize(1);
  }

  private void awaitRuns(int runs) {
    while (server.backend.unetRuns().size() < runs) {
      Thread.onSpinWait();
    }
  }

  private void awaitUnfinished(int images) {
    while (server.models.unfinishedImages() != images) {
      Thread.onSpinWait();
    }
  }
}
