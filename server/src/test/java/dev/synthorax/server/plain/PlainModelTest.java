package dev.synthorax.server.plain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.plain.PlainModel.Machine;
import dev.synthorax.server.plain.PlainStatistics.Failures;
import dev.synthorax.server.scheduler.ByteBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PlainModelTest {
  private static final long NOW_MILLIS = 1_700_000_000_000L;

  private final AtomicLong nanos = new AtomicLong(1_000_000);
  private final ByteBudget budget = new ByteBudget(1 << 10);
  private final ResponseCache cache = new ResponseCache(1 << 12);
  private final Semaphore permits = new Semaphore(0);
  private final FakeRunner runner = new FakeRunner(permits);
  private final List<InferenceException> broken = new CopyOnWriteArrayList<>();
  private final List<PlainModel> open = new ArrayList<>();
  private final List<Heard> asked = new ArrayList<>();

  @SuppressWarnings("MustBeClosed") // closed after each test
  private PlainModel model(ModelConfig.Builder config, BatchRunner... runners) {
    var machine = new Machine(budget, cache, nanos::get, () -> Instant.ofEpochMilli(NOW_MILLIS));
    var model =
        new PlainModel(
            Requests.description(config.build()),
            List.of(runners),
            List.of(),
            machine,
            broken::add);
    open.add(model);
    return model;
  }

  private static ModelConfig.Builder batching() {
    var config = ModelConfig.newBuilder().setMaxBatchSize(4);
    config.getDynamicBatchingBuilder();
    return config;
  }

  private Heard ask(PlainModel model, PlainRequest request) {
    var heard = new Heard();
    asked.add(heard);
    model.infer(request, heard);
    return heard;
  }

  /** Keeps the only instance busy until a permit is given. */
  private Heard occupy(PlainModel model) {
    Heard busy = ask(model, Requests.of(100));
    runner.awaitRuns(1);
    return busy;
  }

  @AfterEach
  void everythingIsGivenBack() {
    permits.release(1_000);
    open.forEach(PlainModel::close);
    asked.forEach(Heard::closeAnswers);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void infer_severalWhileBusy_shareARunAndGetTheirOwnRows() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    Heard busy = occupy(model);
    Heard one = ask(model, Requests.of(1));
    Heard two = ask(model, Requests.of(2, 3));
    Heard later = ask(model, Requests.of(4, 5));
    permits.release(3);

    assertThat(busy.values()).containsExactly(101);
    assertThat(one.values()).containsExactly(2);
    assertThat(two.values()).containsExactly(3, 4);
    assertThat(later.values()).containsExactly(5, 6);
    assertThat(runner.runs()).containsExactly(List.of(100f), List.of(1f, 2f, 3f), List.of(4f, 5f));
  }

  @Test
  void infer_timeoutWhileTheInstanceIsBusy_isToldOnTime() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    Heard busy = occupy(model);
    Heard waiting = ask(model, Requests.timed(50, PlainRequest.NO_DEADLINE, 1));

    nanos.addAndGet(50_000);
    model.wake();

    assertThat(waiting.refusal()).isEqualTo(ServerReason.QUEUE_TIMEOUT);
    assertThat(busy.isTold()).as("the instance is still busy").isFalse();
  }

  @Test
  void infer_deadlineWhileTheInstanceIsBusy_isToldOnTime() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    occupy(model);
    Heard waiting = ask(model, Requests.timed(0, nanos.get() + 50_000, 1));

    nanos.addAndGet(50_000);
    model.wake();

    assertThat(waiting.refusal()).isEqualTo(ServerReason.DEADLINE_EXCEEDED);
  }

  @Test
  void infer_deadlinePassedBefore_neverRuns() throws InterruptedException {
    PlainModel model = model(batching(), runner);

    Heard late = ask(model, Requests.timed(0, nanos.get() - 1, 1));

    assertThat(late.refusal()).isEqualTo(ServerReason.DEADLINE_EXCEEDED);
    assertThat(runner.runs()).isEmpty();
  }

  @Test
  void cancel_whileWaiting_isToldBeforeItReturnsAndTheNextOneRuns() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    occupy(model);
    var heard = new Heard();
    PlainCall call = model.infer(Requests.of(1), heard);
    Heard other = ask(model, Requests.of(2));

    call.cancel();
    call.cancel();

    assertThat(heard.isTold()).isTrue();
    assertThat(heard.refusal()).isEqualTo(ServerReason.CANCELLED);
    permits.release(2);
    assertThat(other.values()).containsExactly(3);
    assertThat(runner.runs().getLast()).containsExactly(2f);
  }

  @Test
  void cancel_whileRunning_isToldWhenTheRunEndsAndLaterRequestsGoOn() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    var heard = new Heard();
    PlainCall call = model.infer(Requests.of(1), heard);
    runner.awaitRuns(1);

    call.cancel();
    assertThat(heard.isTold()).as("its bytes are still read").isFalse();
    permits.release(2);

    assertThat(heard.refusal()).isEqualTo(ServerReason.CANCELLED);
    assertThat(ask(model, Requests.of(2)).values()).containsExactly(3);
  }

  @Test
  void infer_oneOfARunIsBad_failsAlone() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    occupy(model);
    Heard good = ask(model, Requests.of(1));
    Heard bad = ask(model, Requests.of(FakeRunner.POISON));
    Heard alsoGood = ask(model, Requests.of(2));
    permits.release(10);

    assertThat(good.values()).containsExactly(2);
    assertThat(alsoGood.values()).containsExactly(3);
    assertThat(bad.only())
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE));
    assertThat(model.statistics().failures()).isEqualTo(new Failures(0, 0, 1, 0));
    assertThat(broken).isEmpty();
  }

  @Test
  void infer_deviceLost_oneInstanceOfTwoGoesOn() throws InterruptedException {
    permits.release(10);
    PlainModel model = model(batching(), runner, new FakeRunner());
    Heard fatal = ask(model, Requests.of(FakeRunner.FATAL));
    fatal.only();

    assertThat(ask(model, Requests.of(1)).values()).containsExactly(2);
    assertThat(broken).isEmpty();

    ask(model, Requests.of(FakeRunner.FATAL)).only();
    Heard refused = ask(model, Requests.of(2));
    assertThat(refused.only()).isInstanceOf(InferenceException.class);
  }

  @Test
  @SuppressWarnings("MustBeClosed") // closed after each test
  void infer_memoryEnds_theModelIsBrokenAndEveryoneIsTold() throws InterruptedException {
    var told = new CompletableFuture<InferenceException>();
    var machine = new Machine(budget, cache, nanos::get, () -> Instant.ofEpochMilli(NOW_MILLIS));
    var model =
        new PlainModel(
            Requests.description(batching().build()),
            List.of(runner),
            List.of(),
            machine,
            told::complete);
    open.add(model);
    Heard greedy = ask(model, Requests.of(FakeRunner.GREEDY));
    runner.awaitRuns(1);
    Heard waiting = ask(model, Requests.of(1));
    permits.release(1);

    assertThat(told.join().reason()).isEqualTo(ErrorReason.MODEL_FAILED);
    assertThat(greedy.only()).isInstanceOf(InferenceException.class);
    assertThat(waiting.only()).isInstanceOf(InferenceException.class);
  }

  @Test
  void infer_preservedOrder_answersLeaveInOrder() throws InterruptedException {
    var config = batching();
    config.getDynamicBatchingBuilder().setPreserveOrdering(true);
    config.setMaxBatchSize(1);
    var fast = new FakeRunner();
    PlainModel model = model(config, runner, fast);
    var order = new CopyOnWriteArrayList<Integer>();
    var first = new Heard(() -> order.add(1));
    var second = new Heard(() -> order.add(2));
    var third = new Heard(() -> order.add(3));
    model.infer(Requests.of(1), first);
    model.infer(Requests.of(2), second);
    model.infer(Requests.of(3), third);
    permits.release(3);

    for (Heard each : List.of(first, second, third)) {
      each.answer().close();
    }
    assertThat(order).containsExactly(1, 2, 3);
  }

  @Test
  void close_withWorkInFlight_tellsEveryoneOnce() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    Heard running = occupy(model);
    Heard waiting = ask(model, Requests.of(1));

    CompletableFuture<Void> closing = CompletableFuture.runAsync(model::close);
    assertThat(waiting.refusal()).isEqualTo(ServerReason.DRAINING);
    permits.release(1);
    closing.join();

    assertThat(running.values()).containsExactly(101);
    assertThat(runner.isClosed()).isTrue();
    assertThat(ask(model, Requests.of(2)).refusal()).isEqualTo(ServerReason.DRAINING);
  }

  @Test
  void infer_noRoomForItsBytes_isRefusedUntilAnAnswerIsClosed() throws InterruptedException {
    permits.release(10);
    PlainModel model = model(batching(), runner);
    assertThat(budget.take((1 << 10) - 4)).isTrue(); // room for one row
    PlainAnswer held = ask(model, Requests.of(1)).answer();
    assertThat(ask(model, Requests.of(1, 2)).refusal()).isEqualTo(ServerReason.QUEUE_FULL);

    held.close();
    held.close();

    assertThat(ask(model, Requests.of(1)).values()).containsExactly(2);
    budget.giveBack((1 << 10) - 4);
  }

  @Test
  void infer_moreThanTheWholeBudget_isTooLarge() throws InterruptedException {
    var config = ModelConfig.newBuilder().setMaxBatchSize(1_000);
    PlainModel model = model(config, runner);

    Heard heard = ask(model, Requests.of(new float[500]));

    assertThat(heard.only())
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.TOO_LARGE));
  }

  @Test
  void infer_sameAgainWithCache_isAnsweredWithoutARunUntilTheModelIsClosed()
      throws InterruptedException {
    permits.release(10);
    var config = batching();
    config.getResponseCacheBuilder().setEnable(true);
    PlainModel model = model(config, runner);

    assertThat(ask(model, Requests.of(1)).values()).containsExactly(2);
    assertThat(ask(model, Requests.of(1)).values()).containsExactly(2);
    assertThat(ask(model, Requests.of(2)).values()).containsExactly(3);

    assertThat(runner.runs()).containsExactly(List.of(1f), List.of(2f));
    assertThat(model.statistics().cacheHit().count()).isEqualTo(1);
    assertThat(model.statistics().cacheMiss().count()).isEqualTo(2);
    assertThat(cache.bytes()).isPositive();
    model.close();
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void infer_wrongRequest_isToldAllAtOnce() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    var request =
        new PlainRequest(
            "",
            List.of(Requests.floats("z", List.of(1L), 1)),
            List.of("nothing"),
            0,
            0,
            PlainRequest.NO_DEADLINE,
            "");

    assertThat(ask(model, request).only())
        .isInstanceOf(InferenceException.class)
        .hasToString(
            InferenceException.class.getName()
                + ": input z (expected: x); input x is missing; output nothing (expected: y)");
  }

  @Test
  void statistics_afterRuns_countRequestsRowsAndRuns() throws InterruptedException {
    PlainModel model = model(batching(), runner);
    Heard busy = occupy(model);
    Heard one = ask(model, Requests.of(1));
    Heard two = ask(model, Requests.of(2, 3));
    assertThat(model.statistics().pending()).isEqualTo(2);
    nanos.addAndGet(500);
    permits.release(2);
    for (Heard each : List.of(busy, one, two)) {
      each.answer().close();
    }

    PlainStatistics statistics = model.statistics();

    assertThat(statistics.lastInferenceMillis()).isEqualTo(NOW_MILLIS);
    assertThat(statistics.executions()).isEqualTo(2);
    assertThat(statistics.inferences()).isEqualTo(4);
    assertThat(statistics.success().count()).isEqualTo(3);
    assertThat(statistics.queue()).isEqualTo(new PlainStatistics.Tally(3, 1_000));
    assertThat(statistics.computeInfer().count()).isEqualTo(3);
    assertThat(statistics.waits().sum()).isEqualTo(1_000);
    assertThat(statistics.latencies().sum()).isEqualTo(statistics.success().nanos());
    assertThat(statistics.batches()).extracting(PlainStatistics.Batch::rows).containsExactly(1, 3);
  }
}
