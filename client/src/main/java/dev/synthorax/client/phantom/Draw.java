package dev.synthorax.client.phantom;

import dev.synthorax.client.random.SplitMix64;
import java.util.List;

/** Random numbers: one independent stream for each (seed, purpose). */
final class Draw {
  private final SplitMix64 numbers;

  private Draw(SplitMix64 numbers) {
    this.numbers = numbers;
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
    return new Draw(SplitMix64.of(seed, purpose.number));
  }

  long nextLong() {
    return numbers.nextLong();
  }

  /** Uniform in [0, 1). */
  double unit() {
    return numbers.unit();
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
    return numbers.normal();
  }

  boolean chance(double probability) {
    return unit() < probability;
  }

  /** Uniform in 0..bound-1. */
  int below(int bound) {
    return numbers.below(bound);
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
