package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a call that failed with UNAVAILABLE or RESOURCE_EXHAUSTED is tried again. Nothing else is
 * ever retried.
 *
 * @param maxAttempts tries that a server's own delay does not ask for, the first included; at least
 *     1. Where the server names a delay, tries end with the deadline alone
 * @param initialBackoff wait before the second try where the server names no delay; positive
 * @param maxBackoff longest wait of ours; a delay that the server names may be longer
 */
public record RetryPolicy(int maxAttempts, Duration initialBackoff, Duration maxBackoff) {
  /** Five tries, 200 ms doubling up to 5 s. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofMillis(200), Duration.ofSeconds(5));

  /** One try. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ofMillis(200), Duration.ofSeconds(5));

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if there is no try, or the waits are not positive and rising
   */
  public RetryPolicy {
    requireNonNull(initialBackoff, "initialBackoff");
    requireNonNull(maxBackoff, "maxBackoff");
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: >= 1)");
    }
    if (!initialBackoff.isPositive() || maxBackoff.compareTo(initialBackoff) < 0) {
      throw new IllegalArgumentException(
          "backoff: " + initialBackoff + " to " + maxBackoff + " (expected: positive, rising)");
    }
  }

  /**
   * Returns how long to wait after try number {@code attempt} failed: what the server asked for,
   * else a doubling backoff spread by a fifth either way so that clients that failed together do
   * not come back together.
   */
  Duration delayAfter(int attempt, @Nullable Duration asked, RandomGenerator random) {
    if (asked != null) {
      return asked;
    }
    double doubled = (double) initialBackoff.toMillis() * Math.pow(2, Math.min(attempt - 1, 30));
    double spread =
        Math.min(doubled, (double) maxBackoff.toMillis()) * (0.8 + 0.4 * random.nextDouble());
    return Duration.ofMillis(Math.max(1, Math.round(spread)));
  }
}
