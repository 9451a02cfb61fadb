package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets the step loop's rows; four images with guidance fit in a step. */
final class FairSharesTest {
  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final Recorder recorder = new Recorder();
  private final StepBatcher batcher =
      new StepBatcher(
          "test", 1000, executor, FakeExecutor.exactCost(0), clock::nanos, failure -> {});

  @AfterEach
  void close() {
    batcher.close();
  }

  private List<Trajectory> submit(String tenant, int count, Spec spec) {
    var share = new RequestShare(tenant);
    var images = new ArrayList<Trajectory>();
    for (int i = 0; i < count; i++) {
      images.add(TestTrajectories.create(spec, share, clock.nanos, executor, recorder));
      batcher.submit(images.getLast());
    }
    return images;
  }

  private Trajectory submit(Spec spec) {
    return submit("", 1, spec).getFirst();
  }

  private void cycles(int count) {
    for (int i = 0; i < count; i++) {
      batcher.cycle();
    }
  }

  private static int steps(List<Trajectory> images) {
    return images.stream().mapToInt(Trajectory::stepsDone).sum();
  }

  @Test
  void cycle_shortRequestsBesideAVeryLargeOne_waitNoStep() {
    var large = submit("", 256, Spec.of(999, 1));
    cycles(50);

    for (int i = 0; i < 100; i++) {
      var brief = submit(Spec.of(1, i));
      cycles(1);
      assertThat(brief.stepsDone()).isEqualTo(1);
    }

    assertThat(steps(large)).isEqualTo(50 * 4 + 100 * 3);
  }

  @Test
  void cycle_shortRequestsBesideManyLongOnes_waitTwoStepsAtMost() {
    for (int i = 0; i < 100; i++) {
      submit(Spec.of(999, i));
    }
    cycles(101); // every one of them has begun
    int before = recorder.steps;

    for (int i = 0; i < 100; i++) {
      var two = List.of(submit(Spec.of(1, i)), submit(Spec.of(1, i)));
      cycles(1);
      assertThat(steps(two)).isEqualTo(2);
    }

    assertThat(recorder.steps - before).isEqualTo(400);
  }

  @Test
  void cycle_shortRequestsWithoutEnd_leaveTheLongOneItsShare() {
    var longOne = submit("", 4, Spec.of(999, 1));
    cycles(1);
    int before = steps(longOne);

    for (int i = 0; i < 100; i++) {
      for (int j = 0; j < 4; j++) {
        submit(Spec.of(1, i));
      }
      cycles(1);
    }

    assertThat(steps(longOne) - before).isBetween(20, 80);
  }

  @Test
  void cycle_requestsOfManyAndOfFewImages_haveOneShareEach() {
    var large = submit("", 100, Spec.of(999, 1));
    var small = submit("", 2, Spec.of(999, 2));

    cycles(100);

    assertThat(steps(large)).isEqualTo(200);
    assertThat(steps(small)).isEqualTo(200);
  }

  @Test
  void cycle_imagesWithAndWithoutGuidance_haveAsManyRows() {
    var guided = submit("", 10, Spec.of(999, 1));
    var single = submit("", 10, unguided(999));

    cycles(100);

    assertThat(2 * steps(guided)).isBetween(390, 410);
    assertThat(steps(single)).isBetween(390, 410);
  }

  private static Spec unguided(int steps) {
    Spec spec = Spec.of(steps, 1);
    return new Spec(spec.kind(), steps, 1, false, 1, spec.priority(), null);
  }

  @Test
  void cycle_tenantsOfUnequalLoad_haveAsManyRows() {
    var many = new ArrayList<Trajectory>();
    for (int i = 0; i < 10; i++) {
      many.addAll(submit("many", 4, Spec.of(999, i)));
    }
    var one = submit("one", 4, Spec.of(999, 1));

    cycles(100);

    assertThat(steps(many)).isEqualTo(200);
    assertThat(steps(one)).isEqualTo(200);
  }

  @Test
  void cycle_tenantThatWantsLess_leavesTheRestToTheOther() {
    var many = submit("many", 40, Spec.of(999, 1));
    var one = submit("one", 1, Spec.of(999, 1));

    cycles(100);

    assertThat(steps(many)).isEqualTo(300);
    assertThat(steps(one)).isEqualTo(100);
  }

  @Test
  void cycle_tenantThatWasAway_isNotPaidForIt() {
    var here = submit("here", 40, Spec.of(999, 1));
    cycles(100);
    var back = submit("back", 40, Spec.of(999, 1));
    int before = steps(here);

    cycles(100);

    assertThat(steps(back)).isEqualTo(200);
    assertThat(steps(here) - before).isEqualTo(200);
  }

  @Test
  void cycle_workBelowThatIsFresh_getsNothing() {
    submit("", 40, Spec.of(999, 1).withPriority(PriorityClass.HIGH));
    var low = submit("", 40, Spec.of(999, 1).withPriority(PriorityClass.LOW));

    cycles(100);

    assertThat(steps(low)).isZero();
  }

  @Test
  void cycle_workBelowThatHasAged_getsAQuarterHoweverMuchItIs() {
    var low = new ArrayList<Trajectory>();
    for (int i = 0; i < 50; i++) {
      low.addAll(submit("tenant " + i, 4, Spec.of(999, 1).withPriority(PriorityClass.LOW)));
    }
    clock.nanos += PriorityClass.AGEING_NANOS;
    var high = submit("", 40, Spec.of(999, 1).withPriority(PriorityClass.HIGH));

    cycles(100);

    assertThat(steps(low)).isEqualTo(100);
    assertThat(steps(high)).isEqualTo(300);
  }

  @Test
  void cycle_severalClassesBelowHaveAged_divideTheQuarter() {
    var low = submit("", 40, Spec.of(999, 1).withPriority(PriorityClass.LOW));
    var normal = submit("", 40, Spec.of(999, 1));
    clock.nanos += PriorityClass.AGEING_NANOS;
    var high = submit("", 40, Spec.of(999, 1).withPriority(PriorityClass.HIGH));

    cycles(160);

    assertThat(steps(high)).isEqualTo(480);
    assertThat(steps(normal)).isEqualTo(120);
    assertThat(steps(low)).isEqualTo(40);
  }

  @Test
  void cycle_urgentRequestBesideAnAgedLargeOne_isInTheNextStep() {
    submit("", 256, Spec.of(999, 1));
    clock.nanos += 10 * PriorityClass.AGEING_NANOS;
    cycles(10);

    for (int i = 0; i < 50; i++) {
      var urgent = submit("", 3, Spec.of(1, i).withPriority(PriorityClass.HIGH));
      cycles(1);
      assertThat(steps(urgent)).isEqualTo(3);
    }
  }

  @Test
  void cycle_requestsOfOneRound_goByDeadline() {
    long due = clock.nanos + 900_000_000_000L;
    var later = submit("", 4, Spec.of(999, 1).withDeadline(due + 2));
    var latest = submit("", 4, Spec.of(999, 2).withDeadline(due + 3));
    var first = submit("", 4, Spec.of(999, 3).withDeadline(due));
    var second = submit("", 4, Spec.of(999, 4).withDeadline(due + 1));
    var fifth = submit("", 4, Spec.of(999, 5).withDeadline(due + 4));

    cycles(1);

    assertThat(List.of(steps(first), steps(second), steps(later), steps(latest), steps(fifth)))
        .containsExactly(1, 1, 1, 1, 0);
  }

  @Test
  void cycle_imageThatLosesItsRow_keepsItsSlotAndGoesOn() {
    var paused = submit("", 4, Spec.of(20, 1));
    cycles(5);
    submit("", 4, Spec.of(3, 2).withPriority(PriorityClass.HIGH));

    cycles(3);
    assertThat(steps(paused)).isEqualTo(4 * 5);
    assertThat(executor.openSlots).isEqualTo(4);
    cycles(15);

    assertThat(recorder.denoised).hasSize(8).containsAll(paused);
    assertThat(executor.slots).hasSize(8);
  }

  @Test
  void cycle_lateWorkAmongOthers_neverReachesTheDevice() {
    submit("", 40, Spec.of(999, 1));
    cycles(1);
    var late = submit("", 4, Spec.of(10, 2).withDeadline(clock.nanos + 1));
    clock.nanos += 1;

    cycles(2);

    assertThat(steps(late)).isZero();
    assertThat(recorder.failures).hasSize(4);
    assertThat(executor.batches).containsExactly(8, 8, 8);
  }
}
