package dev.synthorax.client.transform;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Random numbers by SplitMix64 from a seed, in integer arithmetic: the same on every JVM.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood: Fast splittable
 *     pseudorandom number generators</a>
 */
public final class SeedStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  private SeedStream(long state) {
    this.state = state;
  }

  /** Returns the stream of {@code seed}; near seeds give unrelated streams. */
  public static SeedStream of(long seed) {
    return new SeedStream(mix(seed + GOLDEN));
  }

  /** Returns the {@code number}-th seed below {@code seed}: distinct for distinct numbers. */
  public static long child(long seed, long number) {
    return mix(mix(seed + GOLDEN) + (number + 1) * GOLDEN);
  }

  /** Returns the seed below {@code seed} that is called {@code name}, by FNV-1a of its UTF-8. */
  public static long child(long seed, String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (letter & 0xFF)) * 0x100000001B3L;
    }
    return child(seed, hash);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Returns the next 64 bits. */
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Returns the next number, uniform in [0, 1). */
  public double unit() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Returns the next number, uniform in {@code range}. One draw, whatever the range. */
  public double in(Range range) {
    return range.low() + (range.high() - range.low()) * unit();
  }

  /** Returns the next index, 0 to {@code bound - 1}. */
  public int below(int bound) {
    return (int) (unit() * bound);
  }

  /** Returns the next near-normal number, mean 0 and deviation 1: the sum of four uniforms. */
  public double normal() {
    long bits = nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum - 131070.0) * (1.0 / 37837.0);
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
