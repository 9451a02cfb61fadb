package dev.synthorax.server.plain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.server.plain.RequestQueue.Choice;
import dev.synthorax.server.plain.RequestQueue.Late;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where requests wait for an idle instance of their model. Instances wait in {@link #take} for
 * something to run, and a timer in {@link #expireUntilClosed} for the next request whose time is
 * over, so that it is told on time however long the instances are busy.
 *
 * <p><b>Threading:</b> any thread may call any method; those two block. Nobody is told anything
 * under the lock.
 */
final class BatchQueue {
  private final LongSupplier nanoClock;
  private final BiConsumer<Pending, RuntimeException> late;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition time = lock.newCondition();

  @GuardedBy("lock")
  private final RequestQueue queue;

  @GuardedBy("lock")
  private @Nullable RuntimeException closed;

  /**
   * An empty queue.
   *
   * @param late told of those whose time is over
   */
  BatchQueue(QueueRules rules, LongSupplier nanoClock, BiConsumer<Pending, RuntimeException> late) {
    this.queue = new RequestQueue(rules);
    this.nanoClock = nanoClock;
    this.late = late;
  }

  /**
   * Lets a request in; as {@link RequestQueue#add}.
   *
   * @throws RuntimeException that it was closed with
   */
  void add(Pending pending, long timeoutMicros) {
    lock.lock();
    try {
      if (closed != null) {
        throw closed;
      }
      long before = queue.nextExpiryNanos();
      queue.add(pending, timeoutMicros);
      work.signal();
      if (queue.nextExpiryNanos() < before) {
        time.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a request out; false if it does not wait. */
  boolean remove(Pending pending) {
    lock.lock();
    try {
      return queue.remove(pending);
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for requests to run together; null once it is closed. */
  @Nullable List<Pending> take() {
    while (true) {
      List<Late> expired;
      lock.lock();
      try {
        expired = queue.expire(nanoClock.getAsLong()); // late work never reaches the device
        if (closed != null) {
          return null;
        }
        if (expired.isEmpty()) {
          Choice choice = queue.choose(nanoClock.getAsLong());
          if (!choice.batch().isEmpty()) {
            if (queue.size() > 0) {
              work.signal(); // there may be another idle instance
            }
            return choice.batch();
          }
          await(work, choice.lookAgainNanos());
        }
      } finally {
        lock.unlock();
      }
      tell(expired);
    }
  }

  /** Tells those whose time is over, when it is, until it is closed. */
  void expireUntilClosed() {
    while (true) {
      List<Late> expired;
      lock.lock();
      try {
        if (closed != null) {
          return;
        }
        expired = queue.expire(nanoClock.getAsLong());
        if (expired.isEmpty()) {
          await(time, queue.nextExpiryNanos());
        } else {
          work.signal(); // one that was delayed may be run now
        }
      } finally {
        lock.unlock();
      }
      tell(expired);
    }
  }

  private void tell(List<Late> expired) {
    expired.forEach(each -> late.accept(each.pending(), each.failure()));
  }

  @GuardedBy("lock")
  @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
  private void await(Condition condition, long untilNanos) {
    try {
      if (untilNanos == Pending.NEVER) {
        condition.await();
      } else {
        var _ = condition.awaitNanos(untilNanos - nanoClock.getAsLong());
      }
    } catch (InterruptedException e) {
      return; // nobody interrupts these threads; the caller looks again
    }
  }

  /** Has whoever waits look again, as when a test's clock has moved. */
  void wake() {
    lock.lock();
    try {
      work.signalAll();
      time.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets nobody in or out any more. The first reason stays.
   *
   * @return those that waited; the caller tells them
   */
  List<Pending> close(RuntimeException reason) {
    lock.lock();
    try {
      if (closed == null) {
        closed = reason;
      }
      work.signalAll();
      time.signalAll();
      return queue.drain();
    } finally {
      lock.unlock();
    }
  }
}
