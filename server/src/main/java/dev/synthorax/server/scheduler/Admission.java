package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The answer to a request that wants in. */
public sealed interface Admission {
  /**
   * It is in.
   *
   * @param imagesAhead images that go before its first, those being denoised included
   * @param eta expected time until its last image
   */
  record Queued(int imagesAhead, Duration eta) implements Admission {
    public Queued {
      requireNonNull(eta, "eta");
    }
  }

  /**
   * The queue has no room.
   *
   * @param waiting images that are in
   * @param limit most images that may be in
   * @param retryDelay expected time until there is room
   */
  record Rejected(int waiting, int limit, Duration retryDelay) implements Admission {
    public Rejected {
      requireNonNull(retryDelay, "retryDelay");
    }
  }
}
