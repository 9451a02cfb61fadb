package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class StepOrderTest {
  private static final int MAX_ROWS = 7; // odd, so that an image of two rows may not fit

  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final StepOrder order = new StepOrder();

  private Trajectory image(Spec spec) {
    return TestTrajectories.create(spec, clock.nanos, executor, new Recorder());
  }

  @Test
  void remove_imageThatIsNotIn_doesNothing() {
    var image = image(Spec.of(1, 1));
    order.remove(image);
    order.add(image, clock.nanos);
    order.remove(image);
    order.remove(image);

    assertThat(order.isEmpty()).isTrue();
    assertThat(order.plan(MAX_ROWS, 9).rows()).isZero();
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 30);
  }

  /** Against what it replaces: sort all by class, deadline and arrival, then take what fits. */
  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void plan_anyImages_choosesAsIfAllWereSorted(long seed) {
    var random = new SplittableRandom(seed);
    var waiting = new ArrayList<Trajectory>();
    for (int round = 0; round < 200; round++) {
      clock.nanos += random.nextLong(PriorityClass.AGEING_NANOS / 8);
      if (random.nextInt(3) > 0) {
        var image = image(spec(random));
        waiting.add(image);
        order.add(image, clock.nanos);
      }
      if (!waiting.isEmpty() && random.nextInt(4) == 0) {
        order.remove(waiting.remove(random.nextInt(waiting.size())));
      }
      order.age(clock.nanos);
      while (true) {
        Trajectory expired = order.removeExpired(clock.nanos);
        if (expired == null) {
          break;
        }
        assertThat(waiting.remove(expired)).isTrue();
      }
      assertThat(waiting).noneMatch(image -> image.expired(clock.nanos));

      int freeSlots = random.nextInt(4) == 0 ? MAX_ROWS : random.nextInt(3);
      BatchPlan plan = order.plan(MAX_ROWS, freeSlots);
      assertThat(plan).isEqualTo(sorted(waiting, freeSlots));
      plan.trajectories().stream().filter(image -> !image.begun()).forEach(order::begin);
    }
  }

  private BatchPlan sorted(List<Trajectory> waiting, int freeSlots) {
    var all = new ArrayList<>(waiting);
    all.sort(
        Comparator.<Trajectory>comparingInt(image -> -image.levelAt(clock.nanos))
            .thenComparing((one, other) -> Long.signum(one.dueNanos() - other.dueNanos()))
            .thenComparing((one, other) -> Long.signum(one.arrivalNanos() - other.arrivalNanos())));
    var chosen = new ArrayList<Trajectory>();
    int rows = 0;
    int controlRows = 0;
    int begun = 0;
    for (Trajectory image : all) {
      if (rows + image.rows() <= MAX_ROWS && (image.begun() || begun < freeSlots)) {
        begun += image.begun() ? 0 : 1;
        chosen.add(image);
        rows += image.rows();
        controlRows += image.controlRows();
      }
    }
    return new BatchPlan(chosen, rows, controlRows);
  }

  private Spec spec(SplittableRandom random) {
    var priorities = PriorityClass.values();
    return new Spec(
        NoiseScheduler.Kind.DDIM,
        1,
        random.nextInt(3) == 0 ? 1 : 4,
        random.nextBoolean(),
        random.nextLong(1000),
        priorities[random.nextInt(priorities.length)],
        random.nextBoolean() ? null : clock.nanos + random.nextLong(90_000_000_000L));
  }
}
