package dev.synthorax.client.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
  @Test
  void mix_goldenGamma_isTheFirstNumberOfSplitMix64WithSeedZero() {
    assertThat(SplitMix64.mix(0x9E3779B97F4A7C15L)).isEqualTo(0xE220A8397B1DCDAFL);
  }

  @Test
  void nextLong_stateGoesOnFromTheMixedSeed_asTheAlgorithmSays() {
    long gamma = Long.parseUnsignedLong("9E3779B97F4A7C15", 16);
    long state = SplitMix64.mix(7 + gamma);

    SplitMix64 numbers = SplitMix64.of(7);

    assertThat(numbers.nextLong()).isEqualTo(SplitMix64.mix(state + gamma));
    assertThat(numbers.nextLong()).isEqualTo(SplitMix64.mix(state + 2 * gamma));
  }

  @Test
  void child_manyNumbers_areDistinct() {
    Set<Long> seeds = new HashSet<>();

    for (long number = 0; number < 10_000; number++) {
      seeds.add(SplitMix64.child(3, number));
    }

    assertThat(seeds).hasSize(10_000);
  }

  @Test
  void below_manyDraws_stayInRangeAndReachIt() {
    SplitMix64 numbers = SplitMix64.of(1);
    Set<Integer> seen = new HashSet<>();

    for (int i = 0; i < 1000; i++) {
      seen.add(numbers.below(5));
    }

    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }
}
