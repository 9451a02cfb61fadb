package dev.synthorax.server.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class StepCostTest {
  @Test
  void stepNanos_twoMeasured_liesOnTheirLine() {
    var cost = new StepCost(Map.of(2, 30.0, 16, 170.0), Map.of(), 5);

    assertThat(cost.stepNanos(2, 0)).isEqualTo(30);
    assertThat(cost.stepNanos(8, 0)).isCloseTo(90, within(1e-9));
    assertThat(cost.stepNanos(20, 0)).isCloseTo(30, within(200.0)).isGreaterThan(170);
    assertThat(cost.decodeNanos()).isEqualTo(5);
  }

  @Test
  void stepNanos_withControlRows_addsTheirs() {
    var cost = new StepCost(Map.of(2, 30.0), Map.of(2, 10.0), 5);

    assertThat(cost.stepNanos(2, 2)).isEqualTo(40);
    assertThat(cost.stepNanos(4, 0)).isEqualTo(60);
  }

  @Test
  void observeStep_repeatedly_approachesWhatIsSeen() {
    var cost = new StepCost(Map.of(2, 30.0, 16, 170.0), Map.of(2, 10.0), 5);

    for (int i = 0; i < 50; i++) {
      cost.observeStep(8, 2, 300);
      cost.observeDecode(50);
    }

    assertThat(cost.stepNanos(8, 2)).isCloseTo(300, within(1.0));
    assertThat(cost.stepNanos(2, 0)).isEqualTo(30);
    assertThat(cost.decodeNanos()).isCloseTo(50, within(1.0));
  }

  @Test
  void constructor_nothingMeasured_refuses() {
    assertThatThrownBy(() -> new StepCost(Map.of(), Map.of(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }
}
