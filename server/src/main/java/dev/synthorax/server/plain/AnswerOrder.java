package dev.synthorax.server.plain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets answers leave in the order in which their requests came, where a model's configuration says
 * so. One that leaves the queue without being run holds up nobody.
 *
 * <p><b>Threading:</b> any thread; whoever is not held up tells the others that are not.
 */
final class AnswerOrder {
  private final boolean kept;

  @GuardedBy("this")
  private final TreeMap<Long, Place> waiting = new TreeMap<>();

  @GuardedBy("this")
  private boolean telling;

  /**
   * A request's.
   *
   * @param tell its listener's news; null: there are none yet
   */
  private record Place(@Nullable Runnable tell) {}

  /**
   * For a model.
   *
   * @param kept whether the order is kept at all
   */
  AnswerOrder(boolean kept) {
    this.kept = kept;
  }

  /** A request came. */
  synchronized void enter(Pending pending) {
    if (kept) {
      waiting.put(pending.number(), new Place(null));
    }
  }

  /** What was run tells its listener, once those before it have. */
  void leave(Pending pending, Runnable tell) {
    if (!kept) {
      tell.run();
      return;
    }
    synchronized (this) {
      waiting.put(pending.number(), new Place(tell));
    }
    tellReady();
  }

  /** What was not run tells its listener now. */
  void leaveAtOnce(Pending pending, Runnable tell) {
    synchronized (this) {
      waiting.remove(pending.number());
    }
    tell.run();
    tellReady();
  }

  private void tellReady() {
    while (true) {
      @Nullable Runnable next;
      synchronized (this) {
        Map.Entry<Long, Place> first = waiting.firstEntry();
        next = first == null ? null : first.getValue().tell();
        if (telling || first == null || next == null) {
          return; // whoever is telling looks again
        }
        telling = true;
        waiting.remove(first.getKey());
      }
      try {
        next.run();
      } finally {
        synchronized (this) {
          telling = false;
        }
      }
    }
  }
}
