package dev.synthorax.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ConsistencyBoundaryTest {
  @Test
  void skipAndOut_atTheBoundary_areTheSampleAlone() {
    var boundary = new ConsistencyBoundary(10);

    assertThat(boundary.skip(0)).isEqualTo(1);
    assertThat(boundary.out(0)).isZero();
  }

  @Test
  void skipAndOut_further_followThePapersFormula() {
    var boundary = new ConsistencyBoundary(0.1);

    assertThat(boundary.skip(10)).isCloseTo(0.25 / 1.25, within(1e-12));
    assertThat(boundary.out(10)).isCloseTo(1 / Math.sqrt(1.25), within(1e-12));
  }

  @Test
  void new_scalingOfZero_isRefused() {
    assertThatThrownBy(() -> new ConsistencyBoundary(0))
        .hasMessage("timestep_scaling: 0.0 (expected: above 0)");
  }
}
