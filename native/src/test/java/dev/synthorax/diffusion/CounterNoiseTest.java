package dev.synthorax.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class CounterNoiseTest {
  @Test
  void philox_knownAnswers_match() {
    // kat_vectors of the Random123 library, philox4x32 with 10 rounds
    assertThat(philox(0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(philox(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void normal_seedSeven_isPinned() {
    float[] values = new float[5];

    CounterNoise.normal(7, 0, 0, values);

    assertThat(values)
        .containsExactly(2.915674E-4f, -0.30484697f, 1.7887573f, 1.0678725f, 0.3764035f);
  }

  @Test
  void normal_shorterTarget_isAPrefix() {
    float[] longer = new float[1024];
    float[] shorter = new float[1021];

    CounterNoise.normal(-3, 5, 2, longer);
    CounterNoise.normal(-3, 5, 2, shorter);

    assertThat(shorter).isEqualTo(Arrays.copyOf(longer, 1021));
  }

  @Test
  void normal_anyKeyChanged_isAnotherDraw() {
    float[] base = draw(1, 0, 0);

    assertThat(draw(2, 0, 0)).isNotEqualTo(base);
    assertThat(draw(1L << 32 | 1, 0, 0)).isNotEqualTo(base);
    assertThat(draw(1, 1, 0)).isNotEqualTo(base);
    assertThat(draw(1, 1L << 32, 0)).isNotEqualTo(base);
    assertThat(draw(1, 0, 1)).isNotEqualTo(base);
    assertThat(draw(1, 0, 0)).isEqualTo(base);
  }

  @Test
  void normal_manyValues_haveTheMomentsOfTheNormal() {
    float[] values = new float[1 << 18];

    CounterNoise.normal(42, 0, 0, values);

    double mean = 0;
    double square = 0;
    double fourth = 0;
    double neighbour = 0;
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      mean += value / values.length;
      square += value * value / values.length;
      fourth += value * value * value * value / values.length;
      neighbour += value * values[(i + 1) % values.length] / values.length;
    }
    assertThat(mean).isCloseTo(0, within(0.01));
    assertThat(square).isCloseTo(1, within(0.015));
    assertThat(fourth).isCloseTo(3, within(0.1));
    assertThat(neighbour).isCloseTo(0, within(0.01));
  }

  private static float[] draw(long seed, long image, int step) {
    float[] values = new float[16];
    CounterNoise.normal(seed, image, step, values);
    return values;
  }

  private static int[] philox(int c0, int c1, int c2, int c3, int key0, int key1) {
    int[] counter = {c0, c1, c2, c3};
    CounterNoise.philox(counter, key0, key1);
    return counter;
  }
}
