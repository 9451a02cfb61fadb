package dev.synthorax.server.grpc;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.scheduler.Stage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where masks are decoded: one request at a time, the cheapest of those that wait, so that small
 * masks do not wait for large ones. What waits is bounded in bytes.
 *
 * <p><b>Ownership:</b> owns its thread. <b>Threading:</b> {@link #submit} from any thread, which it
 * never holds up.
 */
final class MaskStage implements AutoCloseable {
  private static final int MAX_WAITING = 4096; // calls; bytes are the tighter bound

  /** A decoded byte's share of a second on a slow processor, until it is measured. */
  private static final double FIRST_NANOS_PER_BYTE = 20;

  private static final double NEW = 0.2; // weight of a new measurement
  private static final double MIN_RETRY_NANOS = 1e8;

  private final long maxBytes;
  private volatile double nanosPerByte = FIRST_NANOS_PER_BYTE; // the stage's thread writes
  private final AtomicLong heldBytes = new AtomicLong();
  private final Stage<Work> stage;

  /** What is to be decoded. */
  interface Job {
    /** Bytes that it holds until it is done. */
    long bytes();

    /** Whether anybody still waits for it. */
    boolean wanted();

    /** Decodes, and goes on with what came of it. */
    void run();

    /** It was not run, or it threw. */
    void failed(RuntimeException failure);
  }

  private final class Work {
    private final Job job;
    private final AtomicBoolean done = new AtomicBoolean();

    private Work(Job job) {
      this.job = job;
    }

    private void run() {
      try {
        if (job.wanted()) {
          long startNanos = System.nanoTime();
          job.run();
          double pace = (double) (System.nanoTime() - startNanos) / job.bytes();
          double known = nanosPerByte;
          nanosPerByte = known + NEW * (pace - known);
        }
        end();
      } catch (RuntimeException e) { // its own failure; the others wait for their turn
        fail(e);
      }
    }

    private boolean end() {
      boolean first = done.compareAndSet(false, true);
      if (first) {
        heldBytes.addAndGet(-job.bytes());
      }
      return first;
    }

    private void fail(RuntimeException failure) {
      if (end()) {
        job.failed(failure);
      }
    }
  }

  private static final class Worker implements Stage.Worker<Work> {
    private final PriorityQueue<Work> waiting =
        new PriorityQueue<>(Comparator.comparingLong(work -> work.job.bytes()));

    @Override
    public boolean work(List<Work> arrived) {
      waiting.addAll(arrived);
      Work next = waiting.peek();
      if (next != null) {
        next.run();
        waiting.remove(next);
      }
      return !waiting.isEmpty();
    }

    @Override
    public void fail(Work work, RuntimeException failure) {
      work.fail(failure);
    }

    @Override
    public @Nullable Work removeKept() {
      return waiting.poll();
    }
  }

  /**
   * A running stage.
   *
   * @param maxBytes most bytes of jobs that wait or run
   * @param broken told once if it broke down: masks are decoded no more
   */
  MaskStage(long maxBytes, Runnable broken) {
    this.maxBytes = maxBytes;
    stage = new Stage<>("masks", MAX_WAITING, MAX_WAITING, new Worker(), failure -> broken.run());
    stage.start();
  }

  /**
   * Takes a job.
   *
   * @throws ServerException {@code QUEUE_FULL} if there is no room for it now
   * @throws FieldException {@code TOO_LARGE} if there never will be
   */
  void submit(Job job) {
    long bytes = job.bytes();
    if (bytes > maxBytes) {
      throw FieldException.of(
          "masks",
          ErrorReason.TOO_LARGE,
          "%d bytes while they are decoded (expected: at most %d on this server)"
              .formatted(bytes, maxBytes));
    }
    long held = heldBytes.addAndGet(bytes);
    if (held > maxBytes) {
      heldBytes.addAndGet(-bytes);
      throw new ServerException(
          ServerReason.QUEUE_FULL,
          "the masks that wait to be decoded leave no room: %d bytes with these (expected: at most %d; try again in a moment)"
              .formatted(held, maxBytes),
          untilRoom(held - maxBytes));
    }
    stage.submit(new Work(job));
  }

  /** Until so many bytes are decoded, at the pace of late; not the same for everyone. */
  private Duration untilRoom(long bytes) {
    double nanos = Math.max(MIN_RETRY_NANOS, bytes * nanosPerByte);
    return Duration.ofNanos((long) (nanos * (1 + ThreadLocalRandom.current().nextDouble())));
  }

  /** Bytes of jobs that wait or run. */
  long heldBytes() {
    return heldBytes.get();
  }

  @Override
  public void close() {
    stage.close();
  }
}
