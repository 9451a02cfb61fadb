package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The step loop on a device, where a step is enqueued while the one before runs. */
final class StepsAheadTest {
  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final Recorder recorder = new Recorder();
  private final StepCost cost = FakeExecutor.exactCost(0);
  private final List<InferenceException> broken = new ArrayList<>();
  private final CountDownLatch toldBroken = new CountDownLatch(1);
  private StepBatcher batcher = batcher();

  @BeforeEach
  void defer() {
    executor.deferred = true;
  }

  @AfterEach
  void close() {
    batcher.close();
    assertThat(executor.slots).allSatisfy(slot -> assertThat(slot.closes).isEqualTo(1));
    assertThat(executor.underWay).isEmpty();
    assertThat(executor.mistakes).isEmpty();
    assertThat(recorder.toldLate).isFalse();
    assertThat(recorder.answers.values()).allMatch(answers -> answers == 1);
  }

  private StepBatcher batcher() {
    return new StepBatcher(
        "test",
        100,
        executor,
        cost,
        clock::nanos,
        failure -> {
          broken.add(failure);
          toldBroken.countDown();
        });
  }

  private void limitSlots(int limit) {
    executor.slotLimit = limit;
    batcher = batcher();
  }

  private Trajectory submit(Spec spec) {
    var trajectory = TestTrajectories.create(spec, clock.nanos, executor, recorder);
    batcher.submit(trajectory);
    return trajectory;
  }

  private void cycles(int count) {
    for (int i = 0; i < count; i++) {
      batcher.cycle();
    }
  }

  private static InferenceException lost() {
    return new InferenceException(ErrorReason.DEVICE_LOST, "GPU 0: as told (restart the server)");
  }

  @Test
  void cycle_stepRuns_nextOneIsEnqueuedBeforeItIsAwaited() {
    var image = submit(Spec.of(3, 1));

    assertThat(batcher.cycle()).isTrue();
    assertThat(executor.underWay).hasSize(1);
    assertThat(image.stepsDone()).isZero();
    executor.whileAwaited =
        () -> {
          assertThat(executor.underWay).hasSize(2);
          executor.whileAwaited = () -> {};
        };
    assertThat(batcher.cycle()).isTrue();

    assertThat(executor.underWay).hasSize(1);
    assertThat(image.stepsDone()).isEqualTo(1);
    assertThat(recorder.steps).isEqualTo(1);
  }

  @Test
  void cycle_lastStepIsUnderWay_isHandedOverOnceItIsDone() {
    submit(Spec.of(2, 1));

    cycles(2);
    assertThat(executor.batches).hasSize(2);
    assertThat(recorder.denoised).isEmpty();
    assertThat(batcher.cycle()).isFalse();

    assertThat(recorder.denoised).hasSize(1);
    assertThat(executor.batches).hasSize(2);
  }

  @Test
  void cycle_arrivesWhileAStepIsAwaited_joinsTheOneBehindThatEnqueued() {
    submit(Spec.of(9, 1));
    batcher.cycle();
    executor.whileAwaited =
        () -> {
          executor.whileAwaited = () -> {};
          submit(Spec.of(9, 2));
        };

    cycles(2);

    assertThat(executor.batches).containsExactly(2, 2, 4);
  }

  @Test
  void cycle_arrivesBeforeTheNextStepIsEnqueued_joinsIt() {
    submit(Spec.of(9, 1));
    batcher.cycle();
    submit(Spec.of(9, 2));

    batcher.cycle();

    assertThat(executor.batches).containsExactly(2, 4);
  }

  @Test
  void withdraw_whileTwoStepsAreUnderWay_leavesTheThirdAndItsSlotIsClosedWithTheSecond() {
    var cancelled = submit(Spec.of(9, 1));
    submit(Spec.of(9, 2));
    batcher.cycle();
    executor.whileAwaited =
        () -> {
          executor.whileAwaited = () -> {};
          batcher.withdraw(cancelled);
        };

    batcher.cycle();
    assertThat(executor.openSlots).isEqualTo(2);
    batcher.cycle();

    assertThat(executor.batches).containsExactly(4, 4, 2);
    assertThat(executor.openSlots).isEqualTo(1);
    assertThat(cancelled.stepsDone()).isZero();
    assertThat(recorder.answers).doesNotContainKey(cancelled);
  }

  @Test
  void withdraw_whileItsLastStepIsUnderWay_isNotHandedOver() {
    var cancelled = submit(Spec.of(1, 1));
    batcher.cycle();
    batcher.withdraw(cancelled);

    cycles(2);

    assertThat(recorder.answers).isEmpty();
    assertThat(executor.openSlots).isZero();
  }

  @Test
  void cycle_deadlinePassesWhileAStepRuns_isToldAtOnceAndFreesItsSlotAfterIt() {
    submit(Spec.of(9, 1).withDeadline(clock.nanos + 1));
    batcher.cycle();
    clock.nanos += 1;
    executor.whileAwaited = () -> assertThat(recorder.failures).hasSize(1);

    batcher.cycle();

    assertThat(recorder.failures)
        .singleElement()
        .extracting("reason")
        .isEqualTo(ServerReason.DEADLINE_EXCEEDED);
    assertThat(executor.openSlots).isZero();
    assertThat(batcher.cycle()).isFalse();
  }

  @Test
  void cycle_stepFailsLate_failsItsOwnImagesAndTheOneBehindGoesOn() {
    var failing = submit(Spec.of(9, 1));
    executor.failingRuns.put(0, FakeExecutor.failure());
    batcher.cycle();
    var later = submit(Spec.of(2, 2)); // both are in the step behind

    cycles(4);

    assertThat(recorder.failures)
        .singleElement()
        .extracting("reason")
        .isEqualTo(ErrorReason.BACKEND_FAILURE);
    assertThat(recorder.answers).containsOnlyKeys(failing, later);
    assertThat(recorder.denoised).containsExactly(later);
    assertThat(executor.batches).containsExactly(2, 4, 2);
    assertThat(broken).isEmpty();
  }

  @Test
  void cycle_enqueuingFailsWhileAStepRuns_failsThoseImagesOnceAndAwaitsTheStep() {
    submit(Spec.of(9, 1));
    var last = submit(Spec.of(1, 2)); // not in the step that fails
    batcher.cycle();
    executor.failing = FakeExecutor.failure();

    cycles(2);

    assertThat(recorder.failures).hasSize(1);
    assertThat(recorder.denoised).containsExactly(last);
    assertThat(executor.openSlots).isZero();
  }

  @Test
  void cycle_deviceIsLost_answersAllTellsOnceAndTakesNoMore() {
    for (int i = 0; i < 6; i++) {
      submit(Spec.of(9, i));
    }
    executor.failingRuns.put(1, lost());

    cycles(3);
    var late = submit(Spec.of(1, 9));

    assertThat(recorder.failures).hasSize(7).extracting("reason").containsOnly(lost().reason());
    assertThat(recorder.answers).containsEntry(late, 1);
    assertThat(broken).hasSize(1);
    assertThat(executor.underWay).isEmpty();
    assertThat(batcher.cycle()).isFalse();
  }

  @Test
  void cycle_deviceIsLostAsASlotIsOpened_endsTheLoop() {
    submit(Spec.of(9, 1));
    batcher.cycle();
    executor.refusing = lost();
    submit(Spec.of(9, 2));

    batcher.cycle();

    assertThat(recorder.failures).hasSize(2);
    assertThat(broken).hasSize(1);
  }

  @Test
  void run_awaitThrowsAnError_answersAllAndLeavesNoSlot() throws InterruptedException {
    submit(Spec.of(9, 1));
    submit(Spec.of(2, 2)); // its last step is under way as the error comes
    executor.failingRuns.put(0, new OutOfMemoryError("as told"));

    batcher.start();

    assertThat(toldBroken.await(60, TimeUnit.SECONDS)).isTrue();
    batcher.close();
    assertThat(recorder.failures)
        .hasSize(2)
        .extracting("reason")
        .containsOnly(ErrorReason.MODEL_FAILED);
  }

  @Test
  void cycle_moreImagesThanSlots_wait() {
    limitSlots(2);
    for (int i = 0; i < 4; i++) {
      submit(Spec.of(2, i));
    }

    cycles(3); // two images, two steps, of which none waits for a slot

    assertThat(executor.batches).containsExactly(4, 4);
    assertThat(recorder.denoised).hasSize(2);
    cycles(4);
    assertThat(recorder.denoised).hasSize(4);
    assertThat(executor.batches).containsExactly(4, 4, 4, 4);
  }

  @Test
  void cycle_moreImagesThanSlots_thoseThatHaveOneGoOnWhateverTheOrder() {
    limitSlots(1);
    submit(Spec.of(3, 1));
    batcher.cycle();
    submit(Spec.of(1, 2).withPriority(PriorityClass.HIGH));

    cycles(3);

    assertThat(executor.timesteps).hasSize(3).doesNotHaveDuplicates();
    assertThat(recorder.denoised).hasSize(1);
  }

  @Test
  void run_everySlotIsWithTheDecoder_sleepsAndIsWokenByOneThatCloses() throws InterruptedException {
    limitSlots(1);
    recorder.holding = true;
    submit(Spec.of(1, 1));
    submit(Spec.of(1, 2));
    cycles(2);
    assertThat(batcher.cycle()).isFalse();
    assertThat(executor.batches).hasSize(1);
    recorder.holding = false;
    var woken = new CountDownLatch(1);
    executor.whileAwaited = woken::countDown;

    batcher.start();
    requireNonNull(recorder.held.poll()).close();

    assertThat(woken.await(60, TimeUnit.SECONDS)).isTrue();
    batcher.close();
    assertThat(executor.batches).hasSize(2);
  }

  @Test
  void close_stepsAreUnderWay_areAwaitedAndAllAreToldOnce() {
    for (int i = 0; i < 6; i++) {
      submit(Spec.of(2, i));
    }
    cycles(2);
    assertThat(executor.underWay).hasSize(1);

    batcher.close();

    assertThat(executor.underWay).isEmpty();
    assertThat(executor.openSlots).isZero();
    assertThat(recorder.failures)
        .hasSize(6)
        .extracting("reason")
        .containsOnly(ServerReason.DRAINING);
  }

  @Test
  void cycle_stepsBackToBack_costIsFromEndToEnd() {
    double before = cost.stepNanos(2, 0);
    submit(Spec.of(9, 1));

    while (batcher.cycle()) {
      assertThat(cost.stepNanos(2, 0)).isCloseTo(before, within(1.0));
    }

    assertThat(recorder.denoised).hasSize(1);
  }
}
