package dev.synthorax.client.phantom;

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
  private final long firstSeed;
  private final int count;
  private final int size;
  private final Set<Finding> findings;

  /**
   * Describes a stream of phantoms.
   *
   * @param firstSeed the first seed, >= 0
   * @param count number of phantoms, >= 0
   * @param size image side in pixels, as in {@link PhantomSpec}
   * @param findings as in {@link PhantomSpec}
   */
  public PhantomStream(long firstSeed, int count, int size, Set<Finding> findings) {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
    }
    PhantomSpec first = new PhantomSpec(firstSeed, size, findings); // checks the rest
    this.firstSeed = firstSeed;
    this.count = count;
    this.size = size;
    this.findings = first.findings();
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
        LongStream.range(firstSeed, firstSeed + count)
            .<Callable<Sample>>mapToObj(
                seed -> () -> Phantoms.sample(new PhantomSpec(seed, size, findings)))
            .iterator();
    OrderedParallel.forEach(tasks, threads, consumer);
  }
}
