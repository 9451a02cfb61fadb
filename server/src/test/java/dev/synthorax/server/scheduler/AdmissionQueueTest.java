package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AdmissionQueueTest {
  private static final double DECODE_NANOS = 0;

  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final StepCost cost = FakeExecutor.exactCost(DECODE_NANOS);
  private final Recorder recorder = new Recorder();

  private AdmissionQueue queue(int maxImages) {
    return new AdmissionQueue(maxImages, new Forecast(FakeExecutor.COUNTS, cost), clock::nanos);
  }

  private List<Trajectory> request(int count, Spec spec) {
    var images = new ArrayList<Trajectory>();
    for (int i = 0; i < count; i++) {
      images.add(TestTrajectories.create(spec, clock.nanos, executor, recorder));
    }
    return images;
  }

  @Test
  void admit_emptyQueue_isFirstAndTakesItsOwnTime() {
    var admission = queue(8).admit(request(1, Spec.of(10, 1)));

    assertThat(admission)
        .isEqualTo(new Admission.Queued(0, Duration.ofNanos(10 * FakeExecutor.stepNanos(2, 0))));
  }

  @Test
  void admit_othersWait_countsThoseAhead() {
    var queue = queue(8);
    queue.admit(request(3, Spec.of(10, 1)));

    var behind = queue.admit(request(2, Spec.of(10, 2)));
    var urgent = queue.admit(request(1, Spec.of(10, 3).withPriority(PriorityClass.HIGH)));

    assertThat(behind).extracting("imagesAhead").isEqualTo(3);
    assertThat(urgent).extracting("imagesAhead").isEqualTo(0);
  }

  @Test
  void admit_full_isRejectedWithTheTimeUntilThereIsRoom() {
    var queue = queue(4);
    queue.admit(request(3, Spec.of(10, 1)));

    var rejected = queue.admit(request(2, Spec.of(1, 2)));

    assertThat(rejected)
        .isEqualTo(
            new Admission.Rejected(3, 4, Duration.ofNanos(10 * FakeExecutor.stepNanos(8, 0))));
    assertThat(queue.unfinished()).isEqualTo(3);
  }

  @Test
  void release_anImage_makesRoom() {
    var queue = queue(1);
    var first = request(1, Spec.of(10, 1));
    queue.admit(first);

    queue.release(first.getFirst());
    queue.release(first.getFirst());

    assertThat(queue.admit(request(1, Spec.of(10, 2)))).isInstanceOf(Admission.Queued.class);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 15);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void eta_costsKnownExactly_isWhenTheLoopFinishes(long seed) {
    var random = new SplittableRandom(seed);
    var queue = queue(100);
    var batcher = new StepBatcher("test", 100, executor, cost, clock::nanos, failure -> {});
    var all = new ArrayList<Trajectory>();
    for (int i = 0; i < random.nextInt(1, 20); i++) {
      all.add(
          TestTrajectories.create(
              new Spec(
                  dev.synthorax.diffusion.NoiseScheduler.Kind.DDIM,
                  random.nextInt(1, 30),
                  random.nextBoolean() ? 4 : 1,
                  random.nextBoolean(),
                  i,
                  PriorityClass.NORMAL,
                  null),
              clock.nanos + i,
              executor,
              recorder));
    }
    queue.admit(all);
    all.forEach(batcher::submit);
    Trajectory watched = all.get(random.nextInt(all.size()));
    for (int i = 0; i < random.nextInt(5); i++) {
      batcher.cycle();
    }
    all.stream().filter(image -> recorder.denoised.contains(image)).forEach(queue::release);
    Duration eta = queue.eta(List.of(watched));
    long startNanos = clock.nanos;

    while (!recorder.denoised.contains(watched)) {
      batcher.cycle();
    }

    assertThat(eta.toNanos())
        .isBetween(clock.nanos - startNanos - 1000, clock.nanos - startNanos + 1000);
  }
}
