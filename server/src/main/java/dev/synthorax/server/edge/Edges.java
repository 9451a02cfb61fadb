package dev.synthorax.server.edge;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All ways into a server, and their common end.
 *
 * <p><b>Ownership:</b> stops the edges; borrows the gate. <b>Threading:</b> any thread.
 */
public final class Edges {
  private static final Logger logger = LoggerFactory.getLogger(Edges.class);

  private final CallGate gate;
  private final List<Edge> edges;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Edges whose calls pass {@code gate}. */
  public Edges(CallGate gate, List<Edge> edges) {
    this.gate = requireNonNull(gate, "gate");
    this.edges = List.copyOf(edges);
  }

  /**
   * Refuses new calls, lets those under way finish, then stops every edge.
   *
   * @param grace how long calls may take to finish; those left are cut
   * @param limit how long an edge may take to close its connections
   * @return whether all calls finished
   */
  public boolean drain(Duration grace, Duration limit) {
    if (gate.close()) {
      edges.forEach(Edge::drain);
    }
    boolean finished = false;
    try {
      finished = gate.awaitEmpty(grace);
      gate.cut();
      for (Edge edge : edges) {
        edge.stop(limit);
      }
    } catch (InterruptedException e) {
      logger.warn("The end of the edges was interrupted");
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
    return finished;
  }

  /** Blocks until the edges have stopped. */
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }
}
