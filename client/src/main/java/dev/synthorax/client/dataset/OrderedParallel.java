package dev.synthorax.client.dataset;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does many pieces of work side by side and hands the results over in order.
 *
 * <p><b>Threading:</b> the consumer runs on the calling thread; at most four results a worker wait
 * for it, so memory does not grow with the amount of work.
 */
public final class OrderedParallel {
  private static final int WAITING_PER_WORKER = 4;

  private OrderedParallel() {}

  /**
   * Takes each result in order; may fail, which ends the work.
   *
   * @param <T> what is made
   */
  @FunctionalInterface
  public interface Consumer<T> {
    /** Accepts the next result. */
    void accept(T result) throws IOException;
  }

  /**
   * Runs every task.
   *
   * @param tasks taken one by one on the calling thread, as results are consumed
   * @param threads workers, >= 1; the results are the same for any number
   * @param consumer called once a task, in the order of {@code tasks}
   * @throws IOException what a task or the consumer threw, of the first task in order that failed
   * @throws InterruptedException if the calling thread is interrupted while it waits
   */
  public static <T> void forEach(
      Iterator<? extends Callable<? extends T>> tasks, int threads, Consumer<? super T> consumer)
      throws IOException, InterruptedException {
    requireNonNull(tasks, "tasks");
    requireNonNull(consumer, "consumer");
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
    }
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      ArrayDeque<Future<? extends T>> queue = new ArrayDeque<>();
      try {
        while (tasks.hasNext() || !queue.isEmpty()) {
          while (tasks.hasNext() && queue.size() < WAITING_PER_WORKER * threads) {
            queue.add(workers.submit(tasks.next()));
          }
          consumer.accept(queue.remove().get());
        }
      } catch (ExecutionException e) {
        throw failure(e);
      } finally {
        workers.shutdownNow();
      }
    }
  }

  private static IOException failure(ExecutionException e) {
    Throwable cause = requireNonNull(e.getCause());
    if (cause instanceof IOException io) {
      return new IOException(io.getMessage(), e);
    }
    if (cause instanceof RuntimeException broken) {
      broken.addSuppressed(e);
      throw broken;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IOException(String.valueOf(cause.getMessage()), e);
  }
}
