package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The answer to a request that wants in. */
public sealed interface Admission {
  /**
   * It is in.
   *
   * @param imagesAhead images that are expected to be done before its first
   * @param eta expected time until its last image
   */
  record Queued(int imagesAhead, Duration eta) implements Admission {
    public Queued {
      requireNonNull(eta, "eta");
    }
  }

  /**
   * There is no room.
   *
   * @param full what is full, how full, and what was expected
   * @param retryDelay expected time until there is room, a little spread so that those who were
   *     refused together do not come back together
   */
  record Rejected(String full, Duration retryDelay) implements Admission {
    public Rejected {
      requireNonNull(full, "full");
      requireNonNull(retryDelay, "retryDelay");
    }
  }

  /**
   * It would not be done before its deadline.
   *
   * @param eta expected time until its last image
   * @param left until the deadline
   */
  record Late(Duration eta, Duration left) implements Admission {
    public Late {
      requireNonNull(eta, "eta");
      requireNonNull(left, "left");
    }
  }
}
