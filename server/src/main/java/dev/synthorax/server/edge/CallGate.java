package dev.synthorax.server.edge;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the calls under way over all edges and, once closed, lets no more in.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor, which is never held while a call is
 * told anything.
 */
public final class CallGate {
  private static final Logger logger = LoggerFactory.getLogger(CallGate.class);

  private final CallTimes times = new CallTimes();

  @GuardedBy("this")
  private final Set<Pass> inside = new HashSet<>();

  @GuardedBy("this")
  private boolean closed;

  /** An open gate. */
  public CallGate() {}

  /**
   * One call on its way; whoever entered closes it when the call has ended, in whatever way.
   *
   * <p>{@link #close} is idempotent; any thread.
   */
  public final class Pass implements AutoCloseable {
    private final Runnable cut;

    private Pass(Runnable cut) {
      this.cut = cut;
    }

    /** Leaves. */
    @Override
    public void close() {
      leave(this);
    }
  }

  /**
   * Lets a call in.
   *
   * @param cut ends the call at once with a status that says why; called at most once, by {@link
   *     #cut}
   * @return null: the gate is closed
   */
  public synchronized @Nullable Pass enter(Runnable cut) {
    if (closed) {
      return null;
    }
    var pass = new Pass(requireNonNull(cut, "cut"));
    inside.add(pass);
    return pass;
  }

  private synchronized void leave(Pass pass) {
    if (inside.remove(pass)) {
      notifyAll();
    }
  }

  /** Calls under way. */
  public synchronized int calls() {
    return inside.size();
  }

  /** How long calls took; who lets them in tells it. */
  public CallTimes times() {
    return times;
  }

  /** Lets nobody in from now on; returns whether it did before. */
  public synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /**
   * Waits until no call is under way.
   *
   * @return whether that came to be within {@code grace}
   */
  public synchronized boolean awaitEmpty(Duration grace) throws InterruptedException {
    long endNanos = System.nanoTime() + grace.toNanos();
    while (!inside.isEmpty()) {
      long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        return false;
      }
      wait(leftMillis);
    }
    return true;
  }

  /** Cuts every call that is under way and counts it as gone, whatever becomes of it. */
  public void cut() {
    for (Pass pass : snapshot()) {
      try (pass) {
        pass.cut.run();
      } catch (RuntimeException e) { // the others must be cut all the same
        logger.warn("A call could not be cut", e);
      }
    }
  }

  private synchronized List<Pass> snapshot() {
    return List.copyOf(inside);
  }
}
