package dev.synthorax.client.phantom;

/**
 * Random numbers by SplitMix64: one independent stream for each (seed, purpose), integer arithmetic
 * only.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood: Fast splittable
 *     pseudorandom number generators</a>
 */
final class Draw {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  private Draw(long state) {
    this.state = state;
  }

  /**
   * What a stream is for. Each purpose has its own numbers, so a draw added to one leaves the
   * others alone.
   */
  enum Purpose {
    FINDINGS(1),
    HABITUS(2),
    LESION(3),
    SKELETON(4),
    RIGHT_VESSELS(5),
    LEFT_VESSELS(6),
    FILM(7),
    NOISE(8),
    PROMPT(9),
    TEXTURE(10),
    ABDOMEN(11),
    PATIENT(12),
    VIEW(13),
    POSTURE(14),
    MARKER(15),
    LABELS(16),
    HEART(17),
    LINES(18),
    CHAIN(19),
    TUBE(20),
    FRACTURE(21),
    CONFOUNDING(22),
    RIBS(23),
    TUBE_PATH(24);

    private final int number; // part of the stream's identity: a change changes every phantom

    Purpose(int number) {
      this.number = number;
    }
  }

  static Draw of(long seed, Purpose purpose) {
    return new Draw(mix(mix(seed + GOLDEN) + purpose.number * GOLDEN));
  }

  /** The SplitMix64 finaliser: a bijection of the 64-bit integers. */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  double unit() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  double range(double low, double high) {
    return low + (high - low) * unit();
  }

  /** Near-normal: the sum of twelve uniforms, so it never leaves mean +- 6 deviations. */
  double normal(double mean, double deviation) {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += unit();
    }
    return mean + deviation * sum;
  }

  /** Near-normal, mean 0 and deviation 1, from one draw: the sum of four 16-bit uniforms. */
  double normal4() {
    long bits = nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum - 131070.0) * (1.0 / 37837.0);
  }

  boolean chance(double probability) {
    return unit() < probability;
  }

  /** Uniform in 0..bound-1. */
  int below(int bound) {
    return (int) (unit() * bound);
  }

  <T> T pick(java.util.List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
