package dev.synthorax.server.reading;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.scheduler.PriorityClass;
import java.util.Comparator;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads on which images are decoded and masks written: what is nearer its end first, then what is
 * more urgent, then callers in turn, so that a stream of many images does not hold up others.
 *
 * <p><b>Ownership:</b> owns its threads. <b>Threading:</b> any thread.
 */
final class Workshop implements AutoCloseable {
  private static final Comparator<Job> ORDER =
      Comparator.comparing((Job job) -> !job.last)
          .thenComparing(job -> job.urgency, Comparator.reverseOrder())
          .thenComparingLong(job -> job.turn)
          .thenComparingLong(job -> job.number);

  private final ThreadPoolExecutor threads;
  private final AtomicLong numbers = new AtomicLong();

  @GuardedBy("this")
  private long turn; // of the job begun last

  /** One call: its images take turns with those of other calls. */
  static final class Caller {
    private long turn; // of its last image; guarded by the workshop
  }

  /** What is done, and how it fails. */
  interface Work {
    /** Does it. */
    void run();

    /** It was not run, or it threw; quick. */
    void failed(RuntimeException failure);
  }

  private final class Job implements Runnable {
    private final Work work;
    private final boolean last;
    private final PriorityClass urgency;
    private final long turn;
    private final long number = numbers.getAndIncrement();

    private Job(Work work, boolean last, PriorityClass urgency, long turn) {
      this.work = work;
      this.last = last;
      this.urgency = urgency;
      this.turn = turn;
    }

    @Override
    public void run() {
      if (!last) {
        begun(turn);
      }
      try {
        work.run();
      } catch (RuntimeException e) { // its own failure
        work.failed(e);
      } catch (Error e) { // its own, too, but what it means for the thread is not ours to say
        work.failed(new InferenceException(ErrorReason.INTERNAL, "reading an image broke", e));
        throw e;
      }
    }
  }

  /** A workshop of that many threads, which start as they are needed. */
  Workshop(int count) {
    var made = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(11, Comparator.comparing(Job.class::cast, ORDER)),
            work ->
                Thread.ofPlatform()
                    .name("reading-" + made.getAndIncrement())
                    .daemon()
                    .unstarted(work),
            (job, _) -> ((Job) job).work.failed(draining()));
  }

  private static ServerException draining() {
    return new ServerException(
        ServerReason.DRAINING, "the server is shutting down (try another one, or again later)");
  }

  private synchronized void begun(long begunTurn) {
    turn = Math.max(turn, begunTurn);
  }

  private synchronized long next(Caller caller) {
    caller.turn = Math.max(caller.turn + 1, turn);
    return caller.turn;
  }

  /** Hands in an image to be decoded. */
  void begin(Work work, Caller caller, PriorityClass urgency) {
    threads.execute(new Job(work, false, urgency, next(caller)));
  }

  /** Hands in an answer to be written. */
  void finish(Work work) {
    threads.execute(new Job(work, true, PriorityClass.NORMAL, 0));
  }

  /** Fails what waits, and waits for what runs. Idempotent. */
  @Override
  public void close() {
    threads.shutdownNow().forEach(job -> ((Job) job).work.failed(draining()));
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        var _ = threads.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
