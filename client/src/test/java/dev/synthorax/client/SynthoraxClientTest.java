package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.BadRequest;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.Model;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SynthoraxClientTest {
  private static final GenerationSpec REQUEST =
      GenerationSpec.newBuilder()
          .setPrompt("large pleural effusion")
          .setSeed(7)
          .setCount(2)
          .build();
  private static final ClientOptions FAST =
      ClientOptions.DEFAULT
          .withDeadline(Duration.ofSeconds(20))
          .withRetry(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2)));

  private final FakeServices fake = new FakeServices();
  private String name;
  private Server server;
  private SynthoraxClient client;

  @BeforeEach
  void open() throws IOException {
    name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
    fake.services().forEach(builder::addService);
    server = builder.build().start();
    client = client(name, FAST);
  }

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  private static SynthoraxClient client(String name, ClientOptions options) {
    return SynthoraxClient.adoptChannel(InProcessChannelBuilder.forName(name).build(), options);
  }

  @Test
  void generate_twoImages_comeInOrderOfIndex() {
    GenerateResponse response = client.generate(REQUEST);

    assertThat(response.getImagesList()).extracting(Image::getIndex).containsExactly(0, 1);
    assertThat(response.getImagesList()).extracting(Image::getSeed).containsExactly(7L, 8L);
  }

  @Test
  void generateAsync_twoImages_endsWithAll() {
    assertThat(client.generateAsync(REQUEST).join().getImagesCount()).isEqualTo(2);
  }

  @Test
  void generateStream_twoImages_tellsQueuedFirstAndEveryImage() {
    Queue<GenerateStreamResponse> events = new ConcurrentLinkedQueue<>();

    client.generateStream(REQUEST, events::add);

    assertThat(events.peek().hasQueued()).isTrue();
    assertThat(events.stream().filter(GenerateStreamResponse::hasImage)).hasSize(2);
  }

  @Test
  void generate_noSeed_isGivenOneBeforeItIsSent() {
    GenerateResponse _ = client.generate(GenerationSpec.getDefaultInstance());

    assertThat(fake.requests.peek().hasSeed()).isTrue();
  }

  @Test
  void generate_unavailableThenFull_isTriedAgainWithTheSameSeed() {
    fake.failures.add(FakeServices.failure(Status.Code.UNAVAILABLE, "MODEL_LOADING", "loading"));
    fake.failures.add(
        FakeServices.failure(
            Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", "full", retryAfterMillis(3)));

    GenerateResponse response =
        client.generate(GenerationSpec.newBuilder().setPrompt("normal chest").build());

    assertThat(response.getImagesCount()).isEqualTo(1);
    assertThat(fake.requests).hasSize(3);
    assertThat(fake.requests.stream().map(GenerationSpec::getSeed).distinct()).hasSize(1);
  }

  @Test
  void generate_unavailableForEver_failsAfterTheLastTry() {
    for (int i = 0; i < 5; i++) {
      fake.failures.add(FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "draining"));
    }

    SynthoraxException e =
        catchThrowableOfType(SynthoraxException.class, () -> client.generate(REQUEST));

    assertThat(e.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(e.reason()).isEqualTo("DRAINING");
    assertThat(fake.requests).hasSize(3);
  }

  @Test
  void generate_serverKeepsNamingADelay_isTriedBeyondMaxAttempts() {
    for (int i = 0; i < 6; i++) {
      fake.failures.add(
          FakeServices.failure(
              Status.Code.UNAVAILABLE, "MODEL_LOADING", "loading", retryAfterMillis(1)));
    }

    GenerateResponse response = client.generate(REQUEST);

    assertThat(response.getImagesCount()).isEqualTo(2);
    assertThat(fake.requests).hasSize(7);
  }

  @Test
  void generate_retryDelayBeyondDeadline_failsAtOnce() {
    fake.failures.add(
        FakeServices.failure(
            Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", "full", retryAfterMillis(60_000)));

    SynthoraxException e =
        catchThrowableOfType(SynthoraxException.class, () -> client.generate(REQUEST));

    assertThat(e.retryDelay()).isEqualTo(Duration.ofMinutes(1));
    assertThat(fake.requests).hasSize(1);
  }

  @Test
  void generate_badField_isNotTriedAgainAndNamesTheField() {
    String message = "num_inference_steps: 0 (expected: 1 to 1000)";
    BadRequest detail =
        BadRequest.newBuilder()
            .addFieldViolations(
                BadRequest.FieldViolation.newBuilder().setField("spec.num_inference_steps"))
            .build();
    fake.failures.add(
        FakeServices.failure(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", message, detail));

    SynthoraxException e =
        catchThrowableOfType(SynthoraxException.class, () -> client.generate(REQUEST));

    assertThat(e).hasMessage(message);
    assertThat(e.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(e.reason()).isEqualTo("INVALID_ARGUMENT");
    assertThat(e.field()).isEqualTo("spec.num_inference_steps");
    assertThat(fake.requests).hasSize(1);
  }

  @Test
  void model_unknown_namesTheResource() {
    fake.failures.add(
        FakeServices.failure(
            Status.Code.NOT_FOUND,
            "MODEL_NOT_FOUND",
            "model: nope\n(expected: fake-cxr)",
            ResourceInfo.newBuilder().setResourceName("nope").build()));

    SynthoraxException e =
        catchThrowableOfType(SynthoraxException.class, () -> client.model("nope", ""));

    assertThat(e.resource()).isEqualTo("nope");
    assertThat(e).hasMessage("model: nope (expected: fake-cxr)");
  }

  @Test
  void models_listed_returnsThem() {
    assertThat(client.models()).extracting(Model::getName).containsExactly("fake-cxr");
  }

  @Test
  void models_severalPages_areOneListInOrder() {
    fake.furtherModels.add(Model.newBuilder().setName("second").build());
    fake.furtherModels.add(Model.newBuilder().setName("third").build());

    assertThat(client.models())
        .extracting(Model::getName)
        .containsExactly("fake-cxr", "second", "third");
  }

  @Test
  void models_listThatDoesNotGoOn_isAnError() {
    CompletableFuture<List<Model>> list =
        Pages.collect(
            "models", _ -> CompletableFuture.completedFuture(new Pages.Page<>(List.of(), "same")));

    assertThatThrownBy(() -> SynthoraxClient.await(list))
        .isInstanceOf(SynthoraxException.class)
        .hasMessageContaining("does not go on");
  }

  @Test
  void models_cancelledBetweenPages_cancelsTheCallUnderWay() {
    CompletableFuture<Pages.Page<Model>> second = new CompletableFuture<>();
    CompletableFuture<List<Model>> list =
        Pages.collect(
            "models",
            token ->
                token.isEmpty()
                    ? CompletableFuture.completedFuture(new Pages.Page<>(List.of(), "2"))
                    : second);

    list.cancel(true);

    assertThat(second).isCancelled();
  }

  @Test
  void generateStream_failureBeforeTheFirstImage_isTriedAgain() {
    fake.failNextStreamAfter(1, late());
    List<String> heard = new ArrayList<>();

    client.generateStream(REQUEST, event -> heard.add(event.getEventCase().name()));

    assertThat(fake.requests).hasSize(2);
    assertThat(heard.subList(0, 3)).containsExactly("QUEUED", "QUEUED", "PROGRESS");
  }

  @Test
  void generateStream_failureAfterAnImage_isNotTriedAgain() {
    fake.failNextStreamAfter(3, late());

    assertThatThrownBy(() -> client.generateStream(REQUEST, _ -> {}))
        .isInstanceOf(SynthoraxException.class)
        .hasMessage("draining");
    assertThat(fake.requests).hasSize(1);
  }

  private static StatusRuntimeException late() {
    return FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "draining");
  }

  @Test
  void generateStream_listenerThrows_reachesTheCaller() {
    IllegalStateException failure = new IllegalStateException("no room");

    assertThatThrownBy(
            () ->
                client.generateStream(
                    REQUEST,
                    _ -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void generate_noAnswer_endsAtTheDeadline() {
    fake.beSilent();
    try (SynthoraxClient hasty = client(name, FAST.withDeadline(Duration.ofMillis(50)))) {

      SynthoraxException e =
          catchThrowableOfType(SynthoraxException.class, () -> hasty.generate(REQUEST));

      assertThat(e.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(e).hasMessageContaining("--timeout");
    }
  }

  @Test
  void cancel_future_reachesTheServer() {
    fake.beSilent();
    CompletableFuture<GenerateResponse> call = client.generateAsync(REQUEST);
    assertThat(fake.arrived).succeedsWithin(Duration.ofSeconds(10));

    boolean cancelled = call.cancel(true);

    assertThat(cancelled).isTrue();
    assertThat(fake.cancelled).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void generate_nobodyThere_saysSoInOneLine() {
    try (SynthoraxClient lost =
        SynthoraxClient.open("127.0.0.1:1", FAST.withRetry(RetryPolicy.NONE))) {

      SynthoraxException e =
          catchThrowableOfType(SynthoraxException.class, () -> lost.generate(REQUEST));

      assertThat(e.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(e.getMessage()).startsWith("no server at 127.0.0.1:1 (").doesNotContain("\n");
    }
  }

  private static RetryInfo retryAfterMillis(long millis) {
    return RetryInfo.newBuilder()
        .setRetryDelay(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000))
        .build();
  }
}
