package dev.synthorax.benchmarks.attack;

import com.google.errorprone.annotations.MustBeClosed;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Asks a server for its health at a fixed rate, whatever becomes of earlier questions, on a
 * connection of its own.
 *
 * <p><b>Ownership:</b> owns its channel and thread.
 *
 * <p><b>Threading:</b> any thread.
 */
final class HealthProbe implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(25);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long MAX_MICROS = 3_600_000_000L;

  private final ManagedChannel channel;
  private final ScheduledExecutorService clock;
  private final ConcurrentHistogram micros = new ConcurrentHistogram(MAX_MICROS, 3);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  private HealthProbe(String target) {
    channel = Wire.channel(target);
    clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("health-probe").daemon().factory());
  }

  /** Starts to ask. */
  @MustBeClosed
  static HealthProbe start(String target) {
    var probe = new HealthProbe(target);
    var _ = probe.clock.scheduleAtFixedRate(probe::ask, 0, PERIOD.toNanos(), TimeUnit.NANOSECONDS);
    return probe;
  }

  private void ask() {
    long startNanos = System.nanoTime();
    open.incrementAndGet();
    HealthGrpc.newStub(channel)
        .check(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(io.grpc.health.v1.HealthCheckResponse response) {}

              @Override
              public void onError(Throwable failure) {
                failed.incrementAndGet();
                onCompleted();
              }

              @Override
              public void onCompleted() {
                micros.recordValue((System.nanoTime() - startNanos) / 1000);
                open.decrementAndGet();
              }
            });
  }

  /** Stops asking, waits for what is open, and tells. */
  List<Figure> figures(String when, double limitP99Seconds) throws InterruptedException {
    clock.shutdownNow();
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    while (open.get() > 0 && System.nanoTime() < endNanos) {
      Thread.sleep(10);
    }
    int unanswered = open.get();
    for (int i = 0; i < unanswered; i++) {
      micros.recordValue(PATIENCE.toNanos() / 1000); // at least that
    }
    var figures = new ArrayList<Figure>();
    figures.add(Figure.told("health p50, s, " + when, micros.getValueAtPercentile(50) / 1e6));
    figures.add(
        Figure.atMost(
            "health p99, s, " + when, micros.getValueAtPercentile(99) / 1e6, limitP99Seconds));
    figures.add(Figure.told("health max, s, " + when, micros.getMaxValue() / 1e6));
    figures.add(
        Figure.atMost("health checks unanswered or failed, " + when, unanswered + failed.get(), 0));
    return figures;
  }

  @Override
  public void close() {
    clock.shutdownNow();
    channel.shutdownNow();
  }
}
