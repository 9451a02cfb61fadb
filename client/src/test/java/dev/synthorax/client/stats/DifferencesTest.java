package dev.synthorax.client.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class DifferencesTest {
  @Test
  void ofPairs_decimals_areSubtractedAsWritten() {
    Differences differences =
        Differences.ofPairs(new double[] {0.3, 0.2, 0.3}, new double[] {0.2, 0.1, 0.3});

    assertThat(differences.values()).containsExactly(0.1, 0.1, 0);
    assertThat(0.3 - 0.2).isNotEqualTo(0.2 - 0.1);
  }

  @Test
  void whyNoVariance_differencesEqualButForRounding_saysSo() {
    assertThat(Differences.of(0.1, 0.1 + 1e-16, 0.1 - 1e-16).whyNoVariance())
        .startsWith("zero variance");
    assertThat(Differences.of(0.1, 0.1001).whyNoVariance()).isEmpty();
  }

  @Test
  void ofPairs_notFiniteOrUnequal_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Differences.ofPairs(new double[] {Double.NaN}, new double[] {1}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Differences.ofPairs(new double[] {1, 2}, new double[] {1}));
    assertThatIllegalArgumentException().isThrownBy(() -> Differences.of());
  }
}
