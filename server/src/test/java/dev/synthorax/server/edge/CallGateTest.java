package dev.synthorax.server.edge;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CallGateTest {
  private final CallGate gate = new CallGate();
  private final List<String> told = new ArrayList<>();

  private CallGate.Pass enter(String call) {
    return requireNonNull(gate.enter(() -> told.add(call)));
  }

  @Test
  void close_ofAPassTwice_leavesOnce() {
    var pass = enter("one");
    var other = enter("other");

    pass.close();
    pass.close();

    assertThat(gate.calls()).isEqualTo(1);
    other.close();
    assertThat(gate.calls()).isZero();
  }

  @Test
  void enter_closed_isRefused() {
    assertThat(gate.close()).isTrue();
    assertThat(gate.close()).isFalse();

    assertThat(gate.enter(() -> told.add("late"))).isNull();
    assertThat(gate.calls()).isZero();
  }

  @Test
  void awaitEmpty_theLastCallLeaves_returnsTrue() throws InterruptedException {
    var pass = enter("one");
    Thread leaving = Thread.ofPlatform().start(pass::close);

    assertThat(gate.awaitEmpty(Duration.ofMinutes(1))).isTrue();
    leaving.join();
  }

  @Test
  void awaitEmpty_aCallStays_returnsFalseAfterTheGrace() throws InterruptedException {
    enter("one");

    assertThat(gate.awaitEmpty(Duration.ofMillis(2))).isFalse();
  }

  @Test
  void cut_oneOfThemThrows_cutsAllAndHoldsNone() throws InterruptedException {
    enter("one");
    gate.enter(
        () -> {
          throw new IllegalStateException("a call that cannot be cut");
        });
    enter("three");

    gate.cut();

    assertThat(told).containsExactlyInAnyOrder("one", "three");
    assertThat(gate.awaitEmpty(Duration.ZERO)).isTrue();
  }
}
