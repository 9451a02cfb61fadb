package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a client calls its server.
 *
 * @param deadline time for one call with all its retries; positive
 * @param retry when a call is tried again
 * @param maxInboundBytes largest answer accepted, in bytes; at least 64 KiB
 * @param security how the server is known, and this client to it
 */
public record ClientOptions(
    Duration deadline, RetryPolicy retry, int maxInboundBytes, ClientSecurity security) {
  /** Ten minutes a call, five tries, answers up to 64 MiB, in plain text. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Duration.ofMinutes(10), RetryPolicy.DEFAULT, 64 << 20, ClientSecurity.NONE);

  /**
   * Checks what is given.
   *
   * @throws IllegalArgumentException if the deadline is not positive, or less than 64 KiB may come
   *     in
   */
  public ClientOptions {
    requireNonNull(deadline, "deadline");
    requireNonNull(retry, "retry");
    requireNonNull(security, "security");
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
    return new ClientOptions(newDeadline, retry, maxInboundBytes, security);
  }

  /** Returns these options with other retries. */
  public ClientOptions withRetry(RetryPolicy newRetry) {
    return new ClientOptions(deadline, newRetry, maxInboundBytes, security);
  }

  /** Returns these options with other ways to know each other. */
  public ClientOptions withSecurity(ClientSecurity newSecurity) {
    return new ClientOptions(deadline, retry, maxInboundBytes, newSecurity);
  }
}
