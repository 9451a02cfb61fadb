package dev.synthorax.server.plain;

import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelDynamicBatching;
import dev.synthorax.proto.inference.ModelQueuePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How requests wait for a model, and which are run together.
 *
 * @param combines whether requests share a run
 * @param maxRows most rows of a run; where requests are not combined, of one request
 * @param delayNanos longest that a request waits for company
 * @param preferredRows counts that are run as soon as they are reached
 * @param levels of priority, the most urgent first; at least one
 * @param defaultLevel of requests that name none, from 0
 * @param inOrder whether answers leave in the order in which requests came
 */
record QueueRules(
    boolean combines,
    int maxRows,
    long delayNanos,
    Set<Integer> preferredRows,
    List<Level> levels,
    int defaultLevel,
    boolean inOrder) {
  /** Requests of a level that wait where the configuration sets no bound. */
  static final int MAX_WAITING = 16_384;

  /**
   * Requests of one priority.
   *
   * @param delays whether one that waited too long goes behind the others instead of failing
   * @param timeoutNanos longest wait; 0: any
   * @param override whether a request may name its own
   * @param maxWaiting most requests that wait
   */
  record Level(boolean delays, long timeoutNanos, boolean override, int maxWaiting) {
    /** Where nothing is said. */
    static final Level DEFAULT = new Level(false, 0, true, MAX_WAITING);

    private static Level of(ModelQueuePolicy policy) {
      long max = policy.getMaxQueueSize() & 0xffff_ffffL; // unsigned
      return new Level(
          policy.getTimeoutAction() == ModelQueuePolicy.TimeoutAction.DELAY,
          nanos(policy.getDefaultTimeoutMicroseconds()),
          policy.getAllowTimeoutOverride(),
          (int) (max == 0 ? MAX_WAITING : Math.min(max, Integer.MAX_VALUE)));
    }

    /** How long a request may wait; 0: any time. */
    long timeoutNanos(long askedMicros) {
      return override && askedMicros > 0 ? nanos(askedMicros) : timeoutNanos;
    }
  }

  QueueRules {
    preferredRows = Set.copyOf(preferredRows);
    levels = List.copyOf(levels);
  }

  /** The rules of a checked configuration. */
  static QueueRules of(ModelConfig config) {
    int maxRows = Math.max(1, config.getMaxBatchSize());
    if (!config.hasDynamicBatching()) {
      return new QueueRules(false, maxRows, 0, Set.of(), List.of(Level.DEFAULT), 0, false);
    }
    ModelDynamicBatching batching = config.getDynamicBatching();
    Level common =
        batching.hasDefaultQueuePolicy()
            ? Level.of(batching.getDefaultQueuePolicy())
            : Level.DEFAULT;
    var levels = new ArrayList<Level>();
    for (long number = 1; number <= Math.max(1, batching.getPriorityLevels()); number++) {
      ModelQueuePolicy own = batching.getPriorityQueuePolicyMap().get(number);
      levels.add(own == null ? common : Level.of(own));
    }
    return new QueueRules(
        config.getMaxBatchSize() > 1,
        maxRows,
        nanos(batching.getMaxQueueDelayMicroseconds()),
        Set.copyOf(batching.getPreferredBatchSizeList()),
        levels,
        (int) Math.max(0, batching.getDefaultPriorityLevel() - 1),
        batching.getPreserveOrdering());
  }

  /** The level of a request's priority; 0, and what is beyond the levels, is the default. */
  int level(long priority) {
    return priority < 1 || priority > levels.size() ? defaultLevel : (int) priority - 1;
  }

  private static long nanos(long micros) { // unsigned on the wire
    return micros < 0 || micros > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : micros * 1000;
  }
}
