package dev.synthorax.server.edge;

import java.time.Duration;

/**
 * A way into the server: it is bound when it is made, and takes calls until it is stopped. Every
 * call passes the {@link CallGate} that all edges share.
 *
 * <p><b>Threading:</b> any thread.
 */
public interface Edge {
  /** What it speaks, one word, for logs. */
  String name();

  /** The bound TCP port; -1 where it has none. */
  int port();

  /** Says that the server is about to end; the gate refuses calls already. */
  void drain();

  /**
   * Closes every connection and waits for that.
   *
   * @param limit after which connections are cut
   */
  void stop(Duration limit) throws InterruptedException;
}
