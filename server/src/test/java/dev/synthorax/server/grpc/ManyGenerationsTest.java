package dev.synthorax.server.grpc;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.synthorax.proto.v1.CancelGenerationRequest;
import dev.synthorax.proto.v1.GenerateManyRequest;
import dev.synthorax.proto.v1.GenerateManyResponse;
import dev.synthorax.proto.v1.GenerateManyResponse.EventCase;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many requests on one stream. */
@Timeout(60)
final class ManyGenerationsTest {
  private static final int ALL = 10_000;

  @TempDir private Path folder;
  private final FakeServerCall<GenerateManyResponse> call = new FakeServerCall<>();
  private final NamedCalls named = new NamedCalls();
  private ServerFixture server;
  private MaskStage masks;
  private ManyGenerations many;

  @BeforeEach
  void start() throws IOException {
    server = ServerFixture.loaded(folder);
    masks = new MaskStage(1 << 24, () -> {});
    many = new ManyGenerations(call, server.models, masks, named);
  }

  @AfterEach
  void stop() {
    masks.close();
    server.close();
  }

  private static GenerationSpec.Builder spec(String name, int count) {
    return ServerFixture.request(7).setCount(count).setRequestId(name);
  }

  private void send(GenerationSpec.Builder spec) {
    many.onNext(GenerateManyRequest.newBuilder().setSpec(spec).build());
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private List<GenerateManyResponse> of(String name) {
    return call.sent().stream().filter(event -> event.getRequestId().equals(name)).toList();
  }

  /** The last event of a request, once it is there. */
  private GenerateManyResponse end(String name) {
    await(() -> of(name).stream().anyMatch(event -> event.hasCompleted() || event.hasFailure()));
    return of(name).getLast();
  }

  private List<ByteString> images(String name) {
    return of(name).stream()
        .filter(GenerateManyResponse::hasImage)
        .map(event -> event.getImage().getData())
        .toList();
  }

  private long unfinished() {
    return server.models.unfinishedImages();
  }

  @Test
  void onNext_twoRequests_bothHaveTheImagesThatEachHasAlone() {
    call.makeRoom(ALL);
    send(spec("a", 2));
    send(spec("b", 1).setSeed(99).setNumInferenceSteps(3).addMasks(ServerFixture.mask("lungs")));
    many.onCompleted();

    await(() -> call.end().equals("OK"));
    assertThat(of("a").getFirst().getQueued().getSettings().getCount()).isEqualTo(2);
    assertThat(end("a").hasCompleted()).isTrue();
    assertThat(end("b").hasCompleted()).isTrue();
    assertThat(images("a")).containsExactlyInAnyOrderElementsOf(server.pixels(spec("", 2).build()));
    assertThat(images("b"))
        .isEqualTo(
            server.pixels(
                spec("", 1)
                    .setSeed(99)
                    .setNumInferenceSteps(3)
                    .addMasks(ServerFixture.mask("lungs"))
                    .build()));
    assertThat(named.size()).isZero();
  }

  @Test
  void onNext_oneIsWrong_itFailsAloneWithItsField() {
    call.makeRoom(ALL);
    send(spec("wrong", 0));
    send(spec("unknown", 1).setModel("no-such-model"));
    send(spec("good", 1));
    many.onCompleted();

    await(() -> call.end().equals("OK"));
    assertThat(end("wrong").getFailure().getField()).isEqualTo("spec.count");
    assertThat(end("unknown").getFailure().getReason()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(end("unknown").getFailure().getResource()).isEqualTo("no-such-model");
    assertThat(end("good").hasCompleted()).isTrue();
  }

  @Test
  void generateMany_overAChannel_tellsOfBoth() {
    var answers = new FakeServerCall<GenerateManyResponse>(); // what a client hears is kept alike
    StreamObserver<GenerateManyRequest> requests =
        GenerationServiceGrpc.newStub(server.channel).generateMany(answers);
    requests.onNext(GenerateManyRequest.newBuilder().setSpec(spec("a", 1)).build());
    requests.onNext(GenerateManyRequest.newBuilder().setSpec(spec("b", 0)).build());
    requests.onCompleted();

    await(() -> answers.end().equals("OK"));
    assertThat(answers.sent().stream().filter(GenerateManyResponse::hasCompleted))
        .extracting(GenerateManyResponse::getRequestId)
        .containsExactly("a");
    assertThat(answers.sent().stream().filter(GenerateManyResponse::hasFailure))
        .extracting(GenerateManyResponse::getRequestId)
        .containsExactly("b");
  }

  static List<GenerateManyRequest> nobodys() {
    return List.of(
        GenerateManyRequest.getDefaultInstance(),
        GenerateManyRequest.newBuilder().setSpec(spec("", 1)).build(),
        GenerateManyRequest.newBuilder().setSpec(spec("open", 1)).build());
  }

  @ParameterizedTest
  @MethodSource("nobodys")
  void onNext_nobodysName_endsTheStreamAndItsRequests(GenerateManyRequest message) {
    call.makeRoom(ALL);
    server.backend.holdSteps();
    send(spec("open", 1));

    many.onNext(message);

    assertThat(call.end()).isEqualTo("INVALID_ARGUMENT");
    await(() -> unfinished() == 0);
    assertThat(named.size()).isZero();
  }

  @Test
  void onNext_cancel_endsThatOneAlone() {
    call.makeRoom(ALL);
    var steps = server.backend.holdSteps();
    send(spec("leaves", 3));
    send(spec("stays", 1));

    many.onNext(GenerateManyRequest.newBuilder().setCancel("leaves").build());
    many.onNext(GenerateManyRequest.newBuilder().setCancel("never was").build());

    assertThat(end("leaves").getFailure().getCode()).isEqualTo(Code.CANCELLED_VALUE);
    await(() -> unfinished() == 1);
    steps.release(100);
    assertThat(end("stays").hasCompleted()).isTrue();
    assertThat(images("leaves")).isEmpty();
  }

  @Test
  void onNext_moreThanTheQueueHolds_waitsForItsOwnAndIsMade() {
    call.makeRoom(ALL);
    for (int i = 0; i < 5; i++) {
      int asked = i + 1;
      await(() -> call.requested() == asked); // as a transport does
      send(spec("r" + i, 30)); // 40 is what the queue holds
    }
    many.onCompleted();

    await(() -> call.end().equals("OK"));
    for (int i = 0; i < 5; i++) {
      assertThat(end("r" + i).hasCompleted()).isTrue();
      assertThat(images("r" + i)).hasSize(30);
    }
  }

  @Test
  void onNext_oneIsHeldBack_readsNoFurtherUntilItIsIn() {
    call.makeRoom(ALL);
    var steps = server.backend.holdSteps();
    send(spec("in", 30));
    send(spec("held back", 30));
    assertThat(call.requested()).as("for the second, and no third").isEqualTo(2);

    steps.release(10_000);

    assertThat(end("held back").hasCompleted()).isTrue();
    await(() -> call.requested() == 3);
  }

  @Test
  void onNext_othersFillTheQueue_failsAndTellsWhenToAskAgain() throws InterruptedException {
    call.makeRoom(ALL);
    server.backend.holdSteps();
    server.stream(ServerFixture.request(1).setCount(40).build()).nextEvent();

    send(spec("late", 1));

    assertThat(end("late").getFailure().getReason()).isEqualTo("QUEUE_FULL");
    assertThat(Durations.toNanos(end("late").getFailure().getRetryDelay())).isPositive();
  }

  @Test
  void onNext_manyAnswersAreUnread_readsNoFurtherUntilTheyAreRead() {
    for (int i = 0; i < 64; i++) {
      send(spec("wrong" + i, 0));
    }
    assertThat(call.requested()).isEqualTo(64);

    call.makeRoom(ALL);

    assertThat(call.requested()).isEqualTo(65);
  }

  @Test
  void onNext_timeoutTooShort_failsAloneWithDeadlineExceeded() {
    call.makeRoom(ALL);
    many.onNext(
        GenerateManyRequest.newBuilder()
            .setSpec(spec("late", 1))
            .setTimeout(Durations.fromNanos(1))
            .build());
    many.onNext(
        GenerateManyRequest.newBuilder()
            .setSpec(spec("wrong", 1))
            .setTimeout(Durations.fromSeconds(-1))
            .build());
    send(spec("good", 1));

    assertThat(end("late").getFailure().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED_VALUE);
    assertThat(end("wrong").getFailure().getField()).isEqualTo("timeout");
    assertThat(end("good").hasCompleted()).isTrue();
  }

  @Test
  void leave_requestsRunOrAreUnread_allIsGivenBack() {
    call.makeRoom(2);
    send(spec("unread", 2));
    await(() -> unfinished() == 0);
    server.backend.holdSteps();
    send(spec("runs", 2));
    send(spec("held back", 39));

    call.leave();
    server.backend.letGo();

    await(() -> unfinished() == 0);
    assertThat(named.size()).isZero();
    assertThat(server.generate(spec("next", 40).build()).getImagesCount()).isEqualTo(40);
    assertThat(call.sent()).hasSize(2);
  }

  @Test
  void send_clientDoesNotRead_keepsTheImagesAndTheNewestProgressAlone() {
    send(spec("a", 3));
    many.onCompleted();
    await(() -> unfinished() == 0);

    call.makeRoom(ALL);

    await(() -> call.end().equals("OK"));
    assertThat(of("a").stream().map(GenerateManyResponse::getEventCase))
        .filteredOn(not(EventCase.PROGRESS::equals))
        .containsExactly(
            EventCase.QUEUED,
            EventCase.IMAGE,
            EventCase.IMAGE,
            EventCase.IMAGE,
            EventCase.COMPLETED);
  }

  @Test
  void cancelGeneration_byName_endsTheRequestsOfEveryCall() throws InterruptedException {
    server.backend.holdSteps();
    var one = server.stream(spec("mine", 2).build());
    var other = server.stream(spec("mine", 1).build());
    one.nextEvent();
    other.nextEvent();

    var answer =
        server
            .generation()
            .cancelGeneration(CancelGenerationRequest.newBuilder().setRequestId("mine").build());

    assertThat(answer.getCancelled()).isEqualTo(2);
    assertThat(one.next().failure()).hasMessageContaining("CANCELLED");
    await(() -> unfinished() == 0);
    assertThat(
            server
                .generation()
                .cancelGeneration(CancelGenerationRequest.newBuilder().setRequestId("mine").build())
                .getCancelled())
        .isZero();
  }

  @Test
  void cancelGeneration_withoutName_isInvalid() {
    var failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                server.generation().cancelGeneration(CancelGenerationRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getDescription()).startsWith("request_id: empty");
  }
}
