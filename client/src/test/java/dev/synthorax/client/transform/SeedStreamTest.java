package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SeedStreamTest {
  @Test
  void nextLong_afterItsStart_isSplitMix64() {
    // java.util.SplittableRandom is SplitMix64 with the same gamma; it starts from the mixed seed.
    long start = SeedStream.child(41, -1); // mix(mix(41 + gamma)): a number, whatever it is
    SeedStream stream = SeedStream.of(start);
    java.util.SplittableRandom reference = new java.util.SplittableRandom(mixed(start));

    for (int i = 0; i < 100; i++) {
      assertThat(stream.nextLong()).isEqualTo(reference.nextLong());
    }
  }

  private static long mixed(long seed) {
    return new java.util.SplittableRandom(seed).nextLong();
  }

  @Test
  void child_numbersAndNames_areAllDifferent() {
    Set<Long> seeds = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      for (long number = 0; number < 50; number++) {
        seeds.add(SeedStream.child(seed, number));
      }
      seeds.add(SeedStream.child(seed, "transform"));
      seeds.add(SeedStream.child(seed, "prompt"));
    }

    assertThat(seeds).hasSize(50 * 52);
  }

  @Test
  void in_range_staysInside() {
    SeedStream seeds = SeedStream.of(3);

    for (int i = 0; i < 1000; i++) {
      assertThat(Range.of(-0.25, 0.5).contains(seeds.in(Range.of(-0.25, 0.5)))).isTrue();
    }
  }

  @Test
  void shuffled_items_areAllThereInAnotherOrder() {
    List<Integer> items = java.util.stream.IntStream.range(0, 100).boxed().toList();

    List<Integer> shuffled = SeedStream.of(5).shuffled(items);

    assertThat(shuffled).containsExactlyInAnyOrderElementsOf(items).isNotEqualTo(items);
    assertThat(SeedStream.of(5).shuffled(items)).isEqualTo(shuffled);
  }
}
