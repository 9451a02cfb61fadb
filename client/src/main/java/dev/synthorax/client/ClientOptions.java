package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a client calls its server.
 *
 * @param deadline time for one call with all its retries; positive
 * @param retry when a call is tried again
 * @param maxInboundBytes largest answer accepted, in bytes; at least 64 KiB
 */
public record ClientOptions(Duration deadline, RetryPolicy retry, int maxInboundBytes) {
  /** Ten minutes a call, five tries, answers up to 64 MiB. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Duration.ofMinutes(10), RetryPolicy.DEFAULT, 64 << 20);

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the deadline is not positive, or less than 64 KiB may come
   *     in
   */
  public ClientOptions {
    requireNonNull(deadline, "deadline");
    requireNonNull(retry, "retry");
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("deadline: " + deadline + " (expected: above zero)");
    }
    if (maxInboundBytes < 64 << 10) {
      throw new IllegalArgumentException(
          "maxInboundBytes: " + maxInboundBytes + " (expected: at least 65536)");
    }
  }

  /** Returns these options with another deadline for a call. */
  public ClientOptions withDeadline(Duration newDeadline) {
    return new ClientOptions(newDeadline, retry, maxInboundBytes);
  }

  /** Returns these options with other retries. */
  public ClientOptions withRetry(RetryPolicy newRetry) {
    return new ClientOptions(deadline, newRetry, maxInboundBytes);
  }
}
