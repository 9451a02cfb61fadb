package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.HashSet;
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
  private final List<Ticket> waiting = new ArrayList<>();

  private Trajectory image(Spec spec, RequestShare share) {
    return TestTrajectories.create(spec, share, clock.nanos, executor, new Recorder());
  }

  @Test
  void remove_imageThatIsNotIn_doesNothing() {
    Ticket ticket = order.add(image(Spec.of(1, 1), new RequestShare("")), false, false);

    order.remove(ticket);
    order.remove(ticket);

    assertThat(order.isEmpty()).isTrue();
    assertThat(order.requests()).isZero();
    assertThat(order.plan(MAX_ROWS, 9, clock.nanos).rows()).isZero();
  }

  @Test
  void add_imageUnlikeOthersOfItsRequest_isRefused() {
    var share = new RequestShare("");
    order.add(image(Spec.of(1, 1), share), false, false);
    var single = new Spec(NoiseScheduler.Kind.DDIM, 1, 1, false, 2, PriorityClass.NORMAL, null);

    assertThatThrownBy(() -> order.add(image(single, share), false, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows: 1 (expected: 2, as the other images of its request)");
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 30);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @MethodSource("seeds")
  void plan_anyImages_fillsTheStepWithTheMostUrgent(long seed) {
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      clock.nanos += random.nextLong(PriorityClass.AGEING_NANOS / 8);
      if (random.nextInt(3) > 0) {
        addRequest(random);
      }
      if (!waiting.isEmpty() && random.nextInt(4) == 0) {
        order.remove(waiting.remove(random.nextInt(waiting.size())));
      }
      expire();

      int freeSlots = random.nextInt(4) == 0 ? MAX_ROWS : random.nextInt(3);
      BatchPlan plan = order.plan(MAX_ROWS, freeSlots, clock.nanos);

      check(plan, freeSlots);
      plan.tickets().forEach(ticket -> order.putBack(ticket, 1));
      assertThat(order.size()).isEqualTo(waiting.size());
    }
  }

  private void addRequest(SplittableRandom random) {
    var share = new RequestShare("tenant " + random.nextInt(3));
    var priorities = PriorityClass.values();
    var spec =
        new Spec(
            NoiseScheduler.Kind.DDIM,
            1,
            random.nextInt(3) == 0 ? 1 : 4,
            random.nextBoolean(),
            random.nextLong(1000),
            priorities[random.nextInt(priorities.length)],
            random.nextBoolean() ? null : clock.nanos + random.nextLong(90_000_000_000L));
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      waiting.add(order.add(image(spec, share), false, spec.deadlineNanos() != null));
    }
  }

  private void expire() {
    for (Ticket late = order.removeExpired(clock.nanos);
        late != null;
        late = order.removeExpired(clock.nanos)) {
      assertThat(waiting.remove(late)).isTrue();
    }
    assertThat(waiting).noneMatch(ticket -> ticket.image().expired(clock.nanos));
  }

  private void check(BatchPlan plan, int freeSlots) {
    var chosen = new HashSet<>(plan.tickets());
    assertThat(waiting).containsAll(chosen);
    assertThat(chosen).hasSameSizeAs(plan.tickets());
    assertThat(plan.rows())
        .isEqualTo(chosen.stream().mapToInt(Ticket::rows).sum())
        .isLessThanOrEqualTo(MAX_ROWS);
    assertThat(plan.controlRows())
        .isEqualTo(chosen.stream().mapToInt(ticket -> ticket.image().controlRows()).sum());
    long begun = chosen.stream().filter(ticket -> !ticket.begun()).count();
    assertThat(begun).isLessThanOrEqualTo(freeSlots);
    var rest = new ArrayList<>(waiting);
    rest.removeAll(chosen);
    assertThat(rest)
        .as("images that were left out although they fit")
        .noneMatch(
            ticket ->
                plan.rows() + ticket.rows() <= MAX_ROWS && (ticket.begun() || begun < freeSlots));
    assertThat(chosen)
        .as("images before more urgent ones that fit in their place, and not for long waiting")
        .noneMatch(
            ticket ->
                !agedClass(ticket)
                    && rest.stream()
                        .anyMatch(
                            other ->
                                other.image().priority().compareTo(ticket.image().priority()) > 0
                                    && other.rows() <= ticket.rows()
                                    && (other.begun() || !ticket.begun())));
  }

  private boolean agedClass(Ticket ticket) {
    return waiting.stream()
        .filter(other -> other.image().priority() == ticket.image().priority())
        .anyMatch(
            other -> clock.nanos - other.image().arrivalNanos() >= PriorityClass.AGEING_NANOS);
  }
}
