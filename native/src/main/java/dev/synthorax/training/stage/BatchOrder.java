package dev.synthorax.training.stage;

import java.util.SplittableRandom;

/**
 * Which samples a step sees: every epoch goes through all samples once, in an order of its own that
 * the seed decides. A step's batch depends on nothing but seed and step, so a resumed run sees what
 * an unbroken one would.
 *
 * <p><b>Threading:</b> one thread; the order of the last epoch asked for is kept.
 */
public final class BatchOrder {
  private final int samples;
  private final int batchSize;
  private final long seed;
  private long epoch = -1;
  private int[] order = {};

  public BatchOrder(int samples, int batchSize, long seed) {
    if (samples < batchSize || batchSize < 1) {
      throw new IllegalArgumentException(
          "%d samples, batches of %d (expected: at least one batch)".formatted(samples, batchSize));
    }
    this.samples = samples;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /**
   * Indices of a step's samples; the samples that an epoch's last whole batch leaves over are
   * skipped in that epoch.
   */
  public int[] batch(long step) {
    long batches = samples / batchSize;
    long wanted = step / batches;
    if (wanted != epoch) {
      order = shuffled(wanted);
      epoch = wanted;
    }
    int from = (int) (step % batches) * batchSize;
    return java.util.Arrays.copyOfRange(order, from, from + batchSize);
  }

  private int[] shuffled(long ofEpoch) {
    var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + ofEpoch);
    int[] result = new int[samples];
    for (int i = 0; i < samples; i++) {
      int j = random.nextInt(i + 1);
      result[i] = result[j];
      result[j] = i;
    }
    return result;
  }
}
