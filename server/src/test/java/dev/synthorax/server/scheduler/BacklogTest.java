package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.server.scheduler.FakeExecutor.VirtualClock;
import dev.synthorax.server.scheduler.TestTrajectories.Recorder;
import dev.synthorax.server.scheduler.TestTrajectories.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Images of two rows a step. */
final class BacklogTest {
  private final VirtualClock clock = new VirtualClock();
  private final FakeExecutor executor = new FakeExecutor(clock);
  private final List<Waiting> waiting = new ArrayList<>();

  private Trajectory image(String tenant, int steps, PriorityClass priority) {
    return TestTrajectories.create(
        Spec.of(steps, 1).withPriority(priority),
        new RequestShare(tenant),
        clock.nanos,
        executor,
        new Recorder());
  }

  private Trajectory add(String tenant, int steps, PriorityClass priority) {
    Trajectory image = image(tenant, steps, priority);
    waiting.add(Waiting.of(image));
    return image;
  }

  private Backlog backlog() {
    return new Backlog(waiting.toArray(Waiting[]::new), clock.nanos);
  }

  @Test
  void rowsWithNewcomer_nothingWaits_areItsOwn() {
    assertThat(backlog().rowsWithNewcomer(image("a", 10, PriorityClass.NORMAL), 20)).isEqualTo(20);
  }

  @Test
  void rowsWithNewcomer_requestsOfItsTenant_haveAsMuchOrAllOfTheirs() {
    add("a", 3, PriorityClass.NORMAL);
    add("a", 100, PriorityClass.NORMAL);

    // its first step is before theirs: 18 of its 20 rows are shared
    assertThat(backlog().rowsWithNewcomer(image("a", 10, PriorityClass.NORMAL), 20))
        .isEqualTo(20 + 6 + 18);
  }

  @Test
  void rowsWithNewcomer_shortRequestBesideManyLongOnes_areItsOwn() {
    for (int i = 0; i < 100; i++) {
      add("a", 999 - i, PriorityClass.NORMAL);
    }

    assertThat(backlog().rowsWithNewcomer(image("a", 1, PriorityClass.NORMAL), 2)).isEqualTo(2);
  }

  @Test
  void rowsWithNewcomer_otherTenants_haveAsMuchAsItsTenant() {
    for (int i = 0; i < 10; i++) {
      add("many", 100, PriorityClass.NORMAL);
    }
    add("few", 3, PriorityClass.NORMAL);

    assertThat(backlog().rowsWithNewcomer(image("a", 10, PriorityClass.NORMAL), 20))
        .isEqualTo(20 + 20 + 6);
  }

  @Test
  void rowsWithNewcomer_otherClasses_goBeforeOrAfter() {
    add("a", 100, PriorityClass.HIGH);
    add("a", 100, PriorityClass.LOW);

    assertThat(backlog().rowsWithNewcomer(image("a", 10, PriorityClass.NORMAL), 20))
        .isEqualTo(200 + 20);
  }

  @Test
  void rowsWithNewcomer_workBelowThatHasAged_takesAQuarter() {
    add("a", 100, PriorityClass.LOW);
    clock.nanos += PriorityClass.AGEING_NANOS;

    assertThat(backlog().rowsWithNewcomer(image("a", 30, PriorityClass.NORMAL), 60))
        .isEqualTo(60 + 20);
  }

  @Test
  void rowsUntil_agedWorkBelowOthers_isAQuarterOfAll() {
    Trajectory low = add("a", 10, PriorityClass.LOW);
    clock.nanos += PriorityClass.AGEING_NANOS;
    add("a", 999, PriorityClass.HIGH);

    assertThat(backlog().rowsUntil(low, 20)).isEqualTo(4 * 20);
  }
}
