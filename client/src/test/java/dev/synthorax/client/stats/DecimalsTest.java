package dev.synthorax.client.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DecimalsTest {
  @Test
  void fixed_whatRoundsToZero_hasNoSign() {
    assertThat(Decimals.fixed(-1e-15, 4)).isEqualTo("0.0000");
    assertThat(Decimals.fixed(-0.0, 0)).isEqualTo("0");
    assertThat(Decimals.fixed(-0.00006, 4)).isEqualTo("-0.0001");
    assertThat(Decimals.fixed(1.25, 3)).isEqualTo("1.250");
  }
}
