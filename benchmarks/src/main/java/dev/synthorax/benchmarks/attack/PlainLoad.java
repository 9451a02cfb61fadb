package dev.synthorax.benchmarks.attack;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A well-behaved client: some requests under way at once, each followed by the next; what is
 * refused is asked again after the delay that the server named.
 *
 * <p><b>Ownership:</b> owns its channel and thread.
 *
 * <p><b>Threading:</b> any thread.
 */
final class PlainLoad implements AutoCloseable {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(60);
  private static final Duration DEFAULT_RETRY = Duration.ofMillis(200);

  private final AttackedServer server;
  private final GenerationSpec spec;
  private final ManagedChannel channel;
  private final ScheduledExecutorService later;
  private final AtomicLong seed = new AtomicLong();
  private final AtomicLong images = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final long startNanos = System.nanoTime();
  private volatile boolean closed;

  private PlainLoad(AttackedServer server, GenerationSpec spec) {
    this.server = server;
    this.spec = spec;
    this.channel = Wire.channel(server.target());
    this.later =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("plain-load").daemon().factory());
  }

  /** Starts; {@code spec}'s seed is replaced by 0, 1, 2 and so on. */
  @MustBeClosed
  static PlainLoad start(AttackedServer server, GenerationSpec spec, int concurrency) {
    var load = new PlainLoad(server, spec);
    for (int i = 0; i < concurrency; i++) {
      load.next();
    }
    return load;
  }

  private void next() {
    if (!closed) {
      var request = spec.toBuilder().setSeed(seed.getAndIncrement()).build();
      var _ =
          Wire.call(channel, Wire.GENERATE, server.request(request), CALL_LIMIT)
              .thenAccept(this::done);
    }
  }

  private void done(Answer answer) {
    if (closed) {
      return;
    }
    if (answer.ok()) {
      images.addAndGet(Math.max(1, spec.getCount()));
      next();
      return;
    }
    failures.add(answer.shown());
    Duration delay = answer.retry() == null ? DEFAULT_RETRY : answer.retry();
    var _ = later.schedule(this::next, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  long images() {
    return images.get();
  }

  double imagesPerSecond() {
    return images.get() / ((System.nanoTime() - startNanos) / 1e9);
  }

  /** Answers that were no images, counted. */
  String failures() {
    return Scene.counted(failures);
  }

  /** Images a second while it runs for {@code time} alone. */
  static double measure(AttackedServer server, GenerationSpec spec, int concurrency, Duration time)
      throws InterruptedException {
    try (var load = start(server, spec, concurrency)) {
      Thread.sleep(time);
      return load.imagesPerSecond();
    }
  }

  @Override
  public void close() {
    closed = true;
    later.shutdownNow();
    channel.shutdownNow();
  }
}
