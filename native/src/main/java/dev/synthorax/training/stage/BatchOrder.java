package dev.synthorax.training.stage;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which samples a step sees. Each place of a batch belongs to the source that is furthest behind
 * its weight; a source goes through all its samples once an epoch, in an order of its own that the
 * seed decides. A step's batch depends on nothing but seed and step, so a resumed run sees what an
 * unbroken one would.
 *
 * <p><b>Threading:</b> one thread; where it stands is kept, so that later steps are quick.
 */
public final class BatchOrder {
  /**
   * Samples that are drawn alike.
   *
   * @param samples their indices
   * @param weight how often, relative to the other sources
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Source(int[] samples, double weight) {}

  private final List<Source> sources;
  private final int batchSize;
  private final long seed;
  private final double weights;
  private final long[] drawn;
  private final long[] epochs;
  private final int[][] orders;
  private long position;

  /** An order of sources, each of at least one sample. */
  public BatchOrder(List<Source> sources, int batchSize, long seed) {
    if (batchSize < 1
        || sources.isEmpty()
        || sources.stream().anyMatch(source -> source.samples().length == 0)) {
      throw new IllegalArgumentException(
          "batches of %d from sources of %s samples (expected: at least 1 each)"
              .formatted(
                  batchSize, sources.stream().map(source -> source.samples().length).toList()));
    }
    this.sources = List.copyOf(sources);
    this.batchSize = batchSize;
    this.seed = seed;
    this.weights = sources.stream().mapToDouble(Source::weight).sum();
    this.drawn = new long[sources.size()];
    this.epochs = new long[sources.size()];
    this.orders = new int[sources.size()][];
    restart();
  }

  /** An order of samples {@code 0..samples - 1}. */
  public BatchOrder(int samples, int batchSize, long seed) {
    this(List.of(new Source(IntStream.range(0, samples).toArray(), 1)), batchSize, seed);
  }

  /** Indices of a step's samples, as many as a batch has. */
  public int[] batch(long step) {
    long wanted = step * batchSize;
    if (wanted < position) {
      restart();
    }
    while (position < wanted) {
      drawn[nextSource()]++;
      position++;
    }
    int[] result = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      int source = nextSource();
      result[i] = sample(source, drawn[source]);
      drawn[source]++;
      position++;
    }
    return result;
  }

  private void restart() {
    position = 0;
    Arrays.fill(drawn, 0);
    Arrays.fill(epochs, -1);
  }

  private int nextSource() {
    int next = 0;
    double furthest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < drawn.length; i++) {
      double behind = sources.get(i).weight() / weights * (position + 1) - drawn[i];
      if (behind > furthest) {
        furthest = behind;
        next = i;
      }
    }
    return next;
  }

  private int sample(int source, long count) {
    int[] samples = sources.get(source).samples();
    long epoch = count / samples.length;
    if (epoch != epochs[source]) {
      orders[source] = shuffled(samples, source, epoch);
      epochs[source] = epoch;
    }
    return orders[source][(int) (count % samples.length)];
  }

  private int[] shuffled(int[] samples, int source, long epoch) {
    var random =
        new SplittableRandom((seed * 0x9E3779B97F4A7C15L + source) * 0xBF58476D1CE4E5B9L + epoch);
    int[] result = new int[samples.length];
    for (int i = 0; i < result.length; i++) {
      int j = random.nextInt(i + 1);
      result[i] = result[j];
      result[j] = samples[i];
    }
    return result;
  }
}
