package dev.synthorax.client.random;

/**
 * The generator SplitMix64: integer arithmetic only, so the same numbers on every JVM.
 *
 * <p><b>Threading:</b> one thread.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood: Fast splittable
 *     pseudorandom number generators</a>
 */
public final class SplitMix64 {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  private SplitMix64(long state) {
    this.state = state;
  }

  /** Returns the generator of {@code seed}; near seeds give unrelated numbers. */
  public static SplitMix64 of(long seed) {
    return new SplitMix64(mix(seed + GOLDEN));
  }

  /** Returns generator {@code number} of {@code seed}: distinct for distinct numbers. */
  public static SplitMix64 of(long seed, long number) {
    return new SplitMix64(child(seed, number));
  }

  /** Returns the {@code number}-th seed below {@code seed}: distinct for distinct numbers. */
  public static long child(long seed, long number) {
    return mix(mix(seed + GOLDEN) + number * GOLDEN);
  }

  /** Returns the finaliser of {@code value}: a bijection of the 64-bit integers. */
  public static long mix(long value) {
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

  /** Returns the next index, uniform in 0 to {@code bound - 1}. */
  public int below(int bound) {
    return (int) (unit() * bound);
  }

  /**
   * Returns the next near-normal number, mean 0 and deviation 1, from one draw: the sum of four
   * 16-bit uniforms.
   */
  public double normal() {
    long bits = nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum - 131070.0) * (1.0 / 37837.0);
  }
}
