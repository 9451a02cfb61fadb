package dev.synthorax.server.training;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** A desk whose work is done when a test says so, at a time that passes when a test says so. */
final class VirtualDesk implements Desk {
  private final Queue<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparing(Later::at).thenComparingLong(Later::number));
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private long number;

  private record Later(Instant at, long number, Runnable work) {}

  @Override
  public synchronized void execute(Runnable work) {
    ready.add(work);
  }

  @Override
  public synchronized void after(Duration delay, Runnable work) {
    later.add(new Later(now.plus(delay), number++, work));
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  /** Does what is to be done now. */
  void run() {
    for (Runnable work = poll(); work != null; work = poll()) {
      work.run();
    }
  }

  private synchronized Runnable poll() {
    return ready.poll();
  }

  /** Lets time pass, and does what is to be done meanwhile. */
  void pass(Duration time) {
    run();
    Instant end = now.plus(time);
    while (!later.isEmpty() && !later.peek().at().isAfter(end)) {
      Later next = later.remove();
      now = next.at();
      next.work().run();
      run();
    }
    now = end;
  }

  /** Does what is to be done, and gives what somebody waits for. */
  <T> T now(CompletableFuture<T> work) {
    run();
    return work.join();
  }

  @Override
  public void close() {
    run();
  }
}
