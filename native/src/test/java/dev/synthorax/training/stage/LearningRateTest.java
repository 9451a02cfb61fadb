package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LearningRateTest {
  private final LearningRate rate = new LearningRate(1e-3, 10, 110);

  @Test
  void at_warmup_risesLinearlyToThePeak() {
    assertThat(rate.at(0)).isCloseTo(1e-4, within(1e-12));
    assertThat(rate.at(4)).isCloseTo(5e-4, within(1e-12));
    assertThat(rate.at(9)).isCloseTo(1e-3, within(1e-12));
  }

  @Test
  void at_afterWarmup_fallsToATenthAndStays() {
    assertThat(rate.at(10)).isCloseTo(1e-3, within(1e-12));
    assertThat(rate.at(60)).isCloseTo(5.5e-4, within(1e-12));
    assertThat(rate.at(110)).isCloseTo(1e-4, within(1e-12));
    assertThat(rate.at(5000)).isCloseTo(1e-4, within(1e-12));
  }
}
