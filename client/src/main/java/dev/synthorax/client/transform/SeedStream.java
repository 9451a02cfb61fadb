package dev.synthorax.client.transform;

import dev.synthorax.client.random.SplitMix64;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Random numbers from a seed, and seeds below a seed by number or by name.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class SeedStream {
  private final SplitMix64 numbers;

  private SeedStream(SplitMix64 numbers) {
    this.numbers = numbers;
  }

  /** Returns the stream of {@code seed}; near seeds give unrelated streams. */
  public static SeedStream of(long seed) {
    return new SeedStream(SplitMix64.of(seed));
  }

  /** Returns the {@code number}-th seed below {@code seed}: distinct for distinct numbers. */
  public static long child(long seed, long number) {
    return SplitMix64.child(seed, number + 1);
  }

  /** Returns the seed below {@code seed} that is called {@code name}, by FNV-1a of its UTF-8. */
  public static long child(long seed, String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (letter & 0xFF)) * 0x100000001B3L;
    }
    return child(seed, hash);
  }

  /** Returns the next 64 bits. */
  public long nextLong() {
    return numbers.nextLong();
  }

  /** Returns the next number, uniform in [0, 1). */
  public double unit() {
    return numbers.unit();
  }

  /** Returns the next number, uniform in {@code range}. One draw, whatever the range. */
  public double in(Range range) {
    return range.low() + (range.high() - range.low()) * unit();
  }

  /** Returns the next index, 0 to {@code bound - 1}. */
  public int below(int bound) {
    return numbers.below(bound);
  }

  /** Returns the next near-normal number, mean 0 and deviation 1: the sum of four uniforms. */
  public double normal() {
    return numbers.normal();
  }

  /** Returns {@code items} in a random order (Fisher and Yates). */
  public <T> List<T> shuffled(List<T> items) {
    List<T> result = new ArrayList<>(items);
    for (int i = result.size() - 1; i > 0; i--) {
      int j = below(i + 1);
      T item = result.get(i);
      result.set(i, result.get(j));
      result.set(j, item);
    }
    return result;
  }
}
