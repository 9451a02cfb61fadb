package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuilderSettingsTest {
  private static final long MIB = 1L << 20;

  @ParameterizedTest
  @CsvSource({"81920, 4096", "8192, 4096", "4096, 2048", "200, 100", "100, 64", "0, 64"})
  void workspaceBytes_halfOfWhatIsFree_withinBounds(long freeMib, long expectedMib) {
    assertThat(BuilderSettings.DEFAULT.workspaceBytes(freeMib * MIB)).isEqualTo(expectedMib * MIB);
  }

  @Test
  void of_level_replacesTheDefaultsAndItsKey() {
    assertThat(BuilderSettings.of(null)).isEqualTo(BuilderSettings.DEFAULT);
    assertThat(BuilderSettings.of("0").optimizationLevel()).isZero();
    assertThat(BuilderSettings.of("0").text()).isNotEqualTo(BuilderSettings.DEFAULT.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "-1", "fast", "", "33"})
  void of_noLevel_isRefused(String level) {
    assertThatThrownBy(() -> BuilderSettings.of(level))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dev.synthorax.tensorrt.level: " + level + " (expected: 0 to 5)");
  }
}
