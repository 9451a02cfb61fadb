package dev.synthorax.client.phantom;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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

  /** Takes each sample in order; may fail with an I/O error, which ends the stream. */
  @FunctionalInterface
  public interface Consumer {
    /** Accepts the next sample. */
    void accept(Sample sample) throws IOException;
  }

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
  public void forEach(int threads, Consumer consumer) throws IOException, InterruptedException {
    requireNonNull(consumer, "consumer");
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      ArrayDeque<Future<Sample>> queue = new ArrayDeque<>();
      try {
        int next = 0;
        while (next < count || !queue.isEmpty()) {
          while (next < count && queue.size() < 4 * threads) {
            PhantomSpec spec = new PhantomSpec(firstSeed + next++, size, findings);
            queue.add(workers.submit(() -> Phantoms.sample(spec)));
          }
          consumer.accept(queue.remove().get());
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("a phantom could not be made", e.getCause());
      } finally {
        workers.shutdownNow();
      }
    }
  }
}
