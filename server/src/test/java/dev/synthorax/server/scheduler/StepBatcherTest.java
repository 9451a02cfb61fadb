package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class StepBatcherTest {
  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final StepBatcher batcher = batcher(executor);
  private final Recorder recorder = new Recorder();

  private static StepBatcher batcher(FakeExecutor executor) {
    return new StepBatcher(
        "test", 100, executor, FakeExecutor.exactCost(0), executor.clock::nanos, failure -> {});
  }

  private Trajectory submit(Spec spec) {
    var trajectory = TestTrajectories.create(spec, clock.nanos, executor, recorder);
    batcher.submit(trajectory);
    return trajectory;
  }

  @Test
  void cycle_nothingWaits_doesNothing() {
    assertThat(batcher.cycle()).isFalse();
    assertThat(executor.batches).isEmpty();
  }

  @Test
  void cycle_imageArrivesMidway_joinsTheNextStepAtItsOwnTimestep() {
    submit(Spec.of(4, 1));
    batcher.cycle();
    submit(Spec.of(10, 2));

    batcher.cycle();

    assertThat(executor.batches).containsExactly(2, 4);
    assertThat(executor.timesteps.get(1)).containsExactly(901f, 901f, 501f, 501f);
  }

  @Test
  void cycle_imageFinishes_leavesTheBatchAtOnce() {
    submit(Spec.of(1, 1));
    submit(Spec.of(2, 2));

    batcher.cycle();
    batcher.cycle();

    assertThat(executor.batches).containsExactly(4, 2);
    assertThat(recorder.denoised).hasSize(2);
  }

  @Test
  void cycle_imageCancelled_freesItsRowsBeforeTheNextStep() {
    var cancelled = submit(Spec.of(50, 1));
    submit(Spec.of(50, 2));
    batcher.cycle();
    batcher.withdraw(cancelled);

    batcher.cycle();

    assertThat(executor.batches).containsExactly(4, 2);
    assertThat(cancelled.stepsDone()).isEqualTo(1);
    assertThat(recorder.failures).isEmpty();
  }

  @Test
  void cycle_deadlinePassed_failsWithoutReachingTheDevice() {
    submit(Spec.of(50, 1).withDeadline(clock.nanos + 1));
    clock.nanos += 1;

    batcher.cycle();

    assertThat(executor.batches).isEmpty();
    assertThat(recorder.failures)
        .singleElement()
        .extracting("reason")
        .isEqualTo(ServerReason.DEADLINE_EXCEEDED);
    assertThat(batcher.cycle()).isFalse();
  }

  @Test
  void cycle_moreRowsThanFit_higherClassGoesFirst() {
    for (int i = 0; i < 4; i++) {
      submit(Spec.of(50, i));
    }
    batcher.cycle();
    var urgent = submit(Spec.of(50, 9).withPriority(PriorityClass.HIGH));
    var idle = submit(Spec.of(50, 10).withPriority(PriorityClass.LOW));

    batcher.cycle();

    assertThat(urgent.stepsDone()).isEqualTo(1);
    assertThat(idle.stepsDone()).isZero();
    assertThat(executor.batches).containsExactly(8, 8);
  }

  @Test
  void cycle_lowClassWaitsLong_risesAndRuns() {
    var patient = submit(Spec.of(1, 1).withPriority(PriorityClass.LOW));
    clock.nanos += 2 * PriorityClass.AGEING_NANOS;
    for (int i = 2; i < 8; i++) {
      submit(Spec.of(50, i).withPriority(PriorityClass.HIGH));
    }

    batcher.cycle();

    assertThat(patient.stepsDone()).isEqualTo(1);
  }

  @Test
  void cycle_sameClass_earlierDeadlineGoesFirst() {
    for (int i = 0; i < 4; i++) {
      submit(Spec.of(50, i).withDeadline(clock.nanos + 9_000_000_000L));
    }
    var hurried = submit(Spec.of(50, 9).withDeadline(clock.nanos + 1_000_000_000L));

    batcher.cycle();

    assertThat(hurried.stepsDone()).isEqualTo(1);
  }

  @Test
  void cycle_backendFails_failsThatBatchAndGoesOn() {
    submit(Spec.of(3, 1));
    executor.failing = FakeExecutor.failure();
    batcher.cycle();
    executor.failing = null;
    submit(Spec.of(1, 2));

    batcher.cycle();

    assertThat(recorder.failures)
        .singleElement()
        .extracting("reason")
        .isEqualTo(ErrorReason.BACKEND_FAILURE);
    assertThat(recorder.denoised).hasSize(1);
  }

  @Test
  void cycle_imagesWait_openNoSlotBeforeTheirFirstStep() {
    for (int i = 0; i < 40; i++) {
      submit(Spec.of(3, i));
    }

    batcher.cycle();

    assertThat(executor.openSlots).isEqualTo(4);
    batcher.close();
    assertThat(executor.openSlots).isZero();
    assertThat(recorder.failures).hasSize(40);
  }

  @Test
  void cycle_slotRefused_failsThatImageAlone() {
    submit(Spec.of(1, 1));
    batcher.cycle();
    executor.refusing = FakeExecutor.failure();
    submit(Spec.of(1, 2));

    batcher.cycle();

    assertThat(recorder.failures).hasSize(1);
    assertThat(recorder.denoised).hasSize(1);
    assertThat(batcher.cycle()).isFalse();
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 25);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void cycle_anyArrivals_finishesAllWithinRowsAndWithTheBitsOfBeingAlone(long seed) {
    var random = new SplittableRandom(seed);
    var specs = new ArrayList<Spec>();
    var images = new ArrayList<Trajectory>();
    int arrivals = random.nextInt(1, 40);

    int cycles = 0;
    while (specs.size() < arrivals || recorder.denoised.size() + cancelled(images) < arrivals) {
      if (specs.size() < arrivals && random.nextInt(3) == 0) {
        Spec spec = randomSpec(random);
        specs.add(spec);
        images.add(submit(spec));
      }
      if (random.nextInt(20) == 0 && !images.isEmpty()) {
        var victim = images.get(random.nextInt(images.size()));
        if (victim.stepsDone() < victim.stepsTotal()) {
          batcher.withdraw(victim);
        }
      }
      batcher.cycle();
      assertThat(++cycles).as("cycles, so that the loop ends").isLessThan(5_000);
    }

    assertThat(executor.batches).allMatch(rows -> rows >= 1 && rows <= FakeExecutor.COUNTS.max());
    for (int i = 0; i < arrivals; i++) {
      Trajectory image = images.get(i);
      if (!image.cancelled()) {
        assertThat(image.stepsDone()).isEqualTo(image.stepsTotal());
        assertThat(recorder.latents.get(image)).as("image %d", i).isEqualTo(alone(specs.get(i)));
      }
    }
    assertThat(batcher.cycle()).isFalse();
    assertThat(executor.openSlots).isZero();
  }

  private static int cancelled(List<Trajectory> images) {
    return (int) images.stream().filter(Trajectory::cancelled).count();
  }

  private static Spec randomSpec(SplittableRandom random) {
    var kinds = NoiseScheduler.Kind.values();
    var priorities = PriorityClass.values();
    return new Spec(
        kinds[random.nextInt(kinds.length)],
        random.nextInt(1, 12),
        random.nextInt(3) == 0 ? 1 : 4,
        random.nextBoolean(),
        random.nextLong(1000),
        priorities[random.nextInt(priorities.length)],
        null);
  }

  private static float[] alone(Spec spec) {
    var clock = new VirtualClock();
    var executor = new FakeExecutor(clock);
    var recorder = new Recorder();
    var image = TestTrajectories.create(spec, clock.nanos, executor, recorder);
    try (var batcher = batcher(executor)) {
      batcher.submit(image);
      while (batcher.cycle()) {
        assertThat(executor.openSlots).isLessThanOrEqualTo(1);
      }
    }
    return requireNonNull(recorder.latents.get(image));
  }

  @Test
  void statistics_afterSteps_haveTheirTimesRowsAndOpenSlots() {
    submit(Spec.of(1, 1));
    submit(Spec.of(3, 2));
    batcher.cycle();
    batcher.cycle();

    StepStatistics seen = batcher.statistics();

    assertThat(seen.rows().count()).isEqualTo(2);
    assertThat(seen.rows().sum()).isEqualTo(4 + 2);
    assertThat(seen.nanos().count()).isEqualTo(2);
    assertThat(seen.nanos().sum())
        .isEqualTo(FakeExecutor.stepNanos(4, 0) + FakeExecutor.stepNanos(2, 0));
    assertThat(seen.images()).as("the one that goes on").isEqualTo(1);
  }
}
