package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;

/**
 * Makes the phantoms of consecutive seeds on all cores and hands them over in seed order.
 *
 * <p><b>Threading:</b> the consumer runs on the calling thread; a bounded number of samples waits
 * for it.
 */
public final class PhantomStream {
  private final PhantomSpec first;
  private final int count;

  /**
   * Describes a stream of phantoms.
   *
   * @param first the first phantom; those after it differ by their seeds alone
   * @param count number of phantoms, >= 0; all their seeds must belong to the first one's site
   */
  public PhantomStream(PhantomSpec first, int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
    }
    this.first = requireNonNull(first, "first");
    this.count = count;
    long last = first.seed() + Math.max(0, count - 1);
    if (Site.of(last) != Site.of(first.seed())) {
      throw new IllegalArgumentException(
          "count: " + count + " from seed " + first.seed() + " (expected: seeds of one site)");
    }
  }

  /** Describes a stream of phantoms with the knobs at rest; the parameters are those of a spec. */
  public PhantomStream(long firstSeed, int count, int size, Set<Finding> findings) {
    this(new PhantomSpec(firstSeed, size, findings), count);
  }

  /**
   * Makes all phantoms.
   *
   * @param threads worker threads, >= 1; the samples are the same for any number
   * @throws IOException what the consumer threw
   * @throws InterruptedException if the calling thread is interrupted while it waits
   */
  public void forEach(int threads, OrderedParallel.Consumer<Sample> consumer)
      throws IOException, InterruptedException {
    Iterator<Callable<Sample>> tasks =
        LongStream.range(first.seed(), first.seed() + count)
            .<Callable<Sample>>mapToObj(seed -> () -> Phantoms.sample(first.withSeed(seed)))
            .iterator();
    OrderedParallel.forEach(tasks, threads, consumer);
  }
}
