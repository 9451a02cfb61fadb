package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The step loop on a device through anything that may happen, between its cycles and while it
 * awaits a step: arrivals, cancels, deadlines, failures early and late, a slow decoder, few slots.
 */
final class AnyCourseTest {
  private static final int MOST_CYCLES = 3_000;

  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final Recorder recorder = new Recorder();
  private final List<Trajectory> images = new ArrayList<>();
  private final List<Spec> specs = new ArrayList<>();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 150);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void cycle_anyCourse_answersEachImageOnceAndClosesEachSlotOnce(long seed) {
    var random = new SplittableRandom(seed);
    executor.deferred = random.nextInt(8) > 0;
    executor.slotLimit = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(1, 6);
    boolean failures = random.nextBoolean();
    for (int run = 0; failures && run < 200; run++) {
      if (random.nextInt(12) == 0) {
        executor.failingRuns.put(run, FakeExecutor.failure());
      }
    }
    var batcher =
        new StepBatcher(
            "test",
            200,
            executor,
            FakeExecutor.exactCost(0),
            clock::nanos,
            failure -> {
              throw new AssertionError(failure);
            });
    int arrivals = random.nextInt(1, 30);
    executor.whileAwaited = () -> happen(random, batcher, arrivals);
    boolean cut = random.nextInt(4) == 0;

    for (int cycles = 0; busy(batcher, arrivals); cycles++) {
      happen(random, batcher, arrivals);
      boolean breaks = failures && random.nextInt(15) == 0;
      executor.failing = breaks ? FakeExecutor.failure() : null;
      executor.refusing = failures && random.nextInt(15) == 0 ? FakeExecutor.failure() : null;
      assertThat(executor.underWay).hasSizeLessThanOrEqualTo(1);
      assertThat(executor.openSlots).isLessThanOrEqualTo(executor.slotLimit);
      assertThat(cycles).as("cycles, so that the loop ends").isLessThan(MOST_CYCLES);
      if (cut && random.nextInt(20) == 0) {
        break;
      }
    }
    executor.whileAwaited = () -> {};
    batcher.close();
    recorder.held.forEach(LatentSlot::close);

    assertThat(executor.mistakes).isEmpty();
    assertThat(recorder.toldLate).isFalse();
    assertThat(executor.underWay).isEmpty();
    assertThat(executor.slots).allSatisfy(slot -> assertThat(slot.closes).isEqualTo(1));
    for (int i = 0; i < images.size(); i++) {
      Trajectory image = images.get(i);
      int answers = recorder.answers.getOrDefault(image, 0);
      assertThat(answers).as("answers to image %d", i).isBetween(image.cancelled() ? 0 : 1, 1);
      if (recorder.denoised.contains(image)) {
        assertThat(recorder.latents.get(image)).as("image %d", i).isEqualTo(alone(specs.get(i)));
      }
    }
  }

  /** One cycle; returns whether anything is still to come of it. */
  private boolean busy(StepBatcher batcher, int arrivals) {
    boolean more = batcher.cycle();
    return more || images.size() < arrivals || !recorder.held.isEmpty();
  }

  private void happen(SplittableRandom random, StepBatcher batcher, int arrivals) {
    clock.nanos += random.nextLong(1_000_000);
    recorder.holding = random.nextInt(3) > 0;
    if (images.size() < arrivals && random.nextInt(3) == 0) {
      Spec spec = spec(random);
      specs.add(spec);
      images.add(TestTrajectories.create(spec, clock.nanos, executor, recorder));
      batcher.submit(images.getLast());
    }
    if (!images.isEmpty() && random.nextInt(12) == 0) {
      batcher.withdraw(images.get(random.nextInt(images.size())));
    }
    if (!recorder.held.isEmpty() && random.nextInt(3) == 0) {
      requireNonNull(recorder.held.poll()).close();
    }
  }

  private Spec spec(SplittableRandom random) {
    var priorities = PriorityClass.values();
    return new Spec(
        NoiseScheduler.Kind.DDIM,
        random.nextInt(1, 9),
        random.nextInt(3) == 0 ? 1 : 4,
        random.nextBoolean(),
        random.nextLong(20),
        priorities[random.nextInt(priorities.length)],
        random.nextInt(4) > 0 ? null : clock.nanos + random.nextLong(100_000_000));
  }

  private static float[] alone(Spec asked) {
    Spec spec = asked.withoutDeadline();
    var executor = new FakeExecutor(new VirtualClock());
    var recorder = new Recorder();
    var image = TestTrajectories.create(spec, executor.clock.nanos, executor, recorder);
    try (var batcher =
        new StepBatcher(
            "alone",
            1,
            executor,
            FakeExecutor.exactCost(0),
            executor.clock::nanos,
            failure -> {})) {
      batcher.submit(image);
      while (batcher.cycle()) {
        assertThat(executor.openSlots).isEqualTo(1);
      }
    }
    return requireNonNull(recorder.latents.get(image));
  }
}
