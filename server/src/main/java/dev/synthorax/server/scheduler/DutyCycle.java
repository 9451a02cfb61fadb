package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One named platform thread that calls a duty cycle for as long as it finds work, and sleeps until
 * it is woken.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close} waits for the cycle under
 * way.
 */
public final class DutyCycle implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(DutyCycle.class);

  private final String name;
  private final IntSupplier cycle;
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  /**
   * A cycle that does not run yet.
   *
   * @param name of its thread
   * @param cycle returns the work it did; 0 lets the thread sleep
   */
  public DutyCycle(String name, IntSupplier cycle) {
    this.name = requireNonNull(name, "name");
    this.cycle = requireNonNull(cycle, "cycle");
  }

  /** Starts the thread. */
  public synchronized void start() {
    if (thread == null && !closed) {
      thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }
  }

  /** Says that there may be work. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      try {
        if (cycle.getAsInt() == 0 && !closed) {
          LockSupport.park(this);
        }
      } catch (Throwable e) { // the thread's top: what escapes a cycle must not end the loop
        logger.error("A duty cycle failed and goes on", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running == null || running == Thread.currentThread()) {
      return;
    }
    LockSupport.unpark(running);
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
