package dev.synthorax.server.plain;

import dev.synthorax.engine.HostTensor;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.plain.Counters.Times;
import dev.synthorax.server.scheduler.ByteBudget;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what became of their requests, each once, counts it, and gives memory back.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Outcomes {
  private static final Logger logger = LoggerFactory.getLogger(Outcomes.class);

  private final Counters counters;
  private final ByteBudget budget;
  private final AnswerOrder order;
  private final ResponseCache cache;
  private final long owner;
  private final LongSupplier nanoClock;

  /**
   * For a model.
   *
   * @param owner its number in the cache
   */
  Outcomes(
      Counters counters,
      ByteBudget budget,
      AnswerOrder order,
      ResponseCache cache,
      long owner,
      LongSupplier nanoClock) {
    this.counters = counters;
    this.budget = budget;
    this.order = order;
    this.cache = cache;
    this.owner = owner;
    this.nanoClock = nanoClock;
  }

  /** A request was answered. */
  void answer(Pending pending, List<HostTensor> outputs, Times times) {
    if (!pending.claim()) {
      return;
    }
    long bytes = outputs.stream().mapToLong(each -> each.bytes().byteSize()).sum();
    budget.giveBack(pending.request().outputBytes());
    if (!budget.take(bytes)) {
      ServerException full = full(bytes);
      counters.failed(nanoClock.getAsLong() - pending.arrivalNanos(), full);
      order.leave(pending, () -> hear(() -> pending.listener().failed(full)));
      return;
    }
    if (!pending.cacheKey().isEmpty()) {
      long startNanos = nanoClock.getAsLong();
      cache.put(pending.cacheKey(), owner, outputs);
      counters.kept(nanoClock.getAsLong() - startNanos);
    }
    counters.answered(
        nanoClock.getAsLong() - pending.arrivalNanos(),
        times.startNanos() - pending.arrivalNanos(),
        times);
    var answer = new PlainAnswer(outputs, () -> budget.giveBack(bytes));
    order.leave(pending, () -> hear(() -> pending.listener().answered(answer)));
  }

  /** There is no room for so many bytes. */
  ServerException full(long bytes) {
    return new ServerException(
        ServerReason.QUEUE_FULL,
        "%d bytes of answers are under way, and this one has %d (expected: at most %d together; try again in a moment)"
            .formatted(budget.taken(), bytes, budget.limit()));
  }

  /** A run that a request was part of failed. */
  void failRun(Pending pending, RuntimeException failure) {
    if (end(pending, failure)) {
      order.leave(pending, () -> hear(() -> pending.listener().failed(failure)));
    }
  }

  /** A request leaves without having been run. */
  void fail(Pending pending, RuntimeException failure) {
    if (end(pending, failure)) {
      order.leaveAtOnce(pending, () -> hear(() -> pending.listener().failed(failure)));
    }
  }

  private boolean end(Pending pending, RuntimeException failure) {
    if (!pending.claim()) {
      return false;
    }
    budget.giveBack(pending.request().outputBytes());
    counters.failed(nanoClock.getAsLong() - pending.arrivalNanos(), failure);
    return true;
  }

  /** Whatever a listener does, the model goes on. */
  static void hear(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      logger.error("A listener of a request failed", e);
    }
  }
}
