package dev.synthorax.benchmarks.attack;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Streams whose images are never read; a refused one is opened again. */
final class SilentReaders implements Attack {
  private static final int STREAMS_PER_CONNECTION = 10;
  private static final int IMAGES_PER_STREAM = 256;
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration BEYOND_GRACE = Duration.ofSeconds(5);
  private static final double HEALTH_LIMIT_SECONDS = 1;
  private static final int HEAP_SLACK_MEBIBYTES = 512;

  @Override
  public String name() {
    return "silent-readers";
  }

  @Override
  public String about() {
    return "streams that never read, at a small heap and at the default one";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    figures.addAll(
        attack(scene, 100, scene.settings().withJvm("-Xmx192m"), scene.seconds(60, 30), "192 MiB"));
    figures.addAll(attack(scene, 200, scene.settings(), scene.seconds(60, 30), "default heap"));
    return figures;
  }

  private static List<Figure> attack(
      Scene scene, int streams, ServerSettings settings, Duration time, String heap)
      throws Exception {
    String when = streams + " streams, " + heap;
    scene.tell(when);
    var figures = new ArrayList<Figure>();
    try (AttackedServer server = scene.serving("silent-" + streams, settings.withGrace(GRACE))) {
      PlainLoad.measure(server, Specs.usual(1), 4, Duration.ofSeconds(2)); // warm
      List<String> before = server.threads();
      long residentBefore = server.residentMebibytes();
      try (var silence = new Silence(server, streams);
          HealthProbe health = HealthProbe.start(server.target());
          PlainLoad others = PlainLoad.start(server, Specs.usual(4), 1)) {
        Thread.sleep(time);
        boolean alive = server.isAlive();
        figures.add(Figure.equal("process alive, " + when, alive ? "yes" : "no", "yes"));
        figures.add(
            Figure.equal("threads that ended, " + when, ended(before, server.threads()), "none"));
        figures.addAll(health.figures(when, HEALTH_LIMIT_SECONDS));
        figures.add(Figure.atLeast("images of another client, " + when, others.images(), 1));
        figures.add(Figure.told("refusals of another client, " + when, others.failures()));
        figures.add(Figure.told("streams opened, " + when, silence.opened()));
        figures.add(
            Figure.told("heap after a collection, most, MiB, " + when, server.heapMebibytes()));
        figures.add(
            Figure.atMost(
                "resident memory gained, MiB, " + when,
                server.residentMebibytes() - residentBefore,
                HEAP_SLACK_MEBIBYTES));
        figures.add(end(server, when));
      }
    }
    return figures;
  }

  private static Figure end(AttackedServer server, String when) throws InterruptedException {
    long startNanos = System.nanoTime();
    server.terminate();
    Duration limit = GRACE.plus(BEYOND_GRACE);
    Integer exit = server.awaitExit(limit.plusSeconds(10));
    double seconds = exit == null ? Double.NaN : (System.nanoTime() - startNanos) / 1e9;
    String name = "SIGTERM to the end, s, " + when;
    return exit == null
        ? Figure.equal(name, "never", "<= " + limit.toSeconds())
        : Figure.atMost(name, seconds, (double) limit.toSeconds());
  }

  /** Threads of the server's own that are there no more; those of the JVM come and go. */
  private static String ended(List<String> before, List<String> after) {
    Map<String, Integer> missing = new HashMap<>();
    before.forEach(name -> missing.merge(name, 1, Integer::sum));
    after.forEach(name -> missing.merge(name, -1, Integer::sum));
    var ended = new TreeSet<String>();
    missing.forEach(
        (name, count) -> {
          if (count > 0 && Character.isLowerCase(name.charAt(0)) && !name.startsWith("java")) {
            ended.add(name);
          }
        });
    return ended.isEmpty() ? "none" : String.join(" ", ended);
  }

  /** The silent streams. */
  private static final class Silence implements AutoCloseable {
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ScheduledExecutorService later =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final AtomicInteger opened = new AtomicInteger();
    private final byte[] request;
    private volatile boolean closed;

    Silence(AttackedServer server, int streams) {
      request = server.request(Specs.cheapAndHeavy(IMAGES_PER_STREAM));
      for (int i = 0; i < streams; i++) {
        if (i % STREAMS_PER_CONNECTION == 0) {
          channels.add(Wire.narrowChannel(server.target()));
        }
        open(channels.getLast());
      }
    }

    private void open(ManagedChannel channel) {
      if (closed) {
        return;
      }
      opened.incrementAndGet();
      ClientCall<byte[], byte[]> call = channel.newCall(Wire.GENERATE_STREAM, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              if (!closed) {
                var _ =
                    later.schedule(() -> open(channel), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
              }
            }
          },
          new Metadata());
      call.sendMessage(request); // and no request for an answer, ever
      call.halfClose();
    }

    int opened() {
      return opened.get();
    }

    @Override
    public void close() {
      closed = true;
      later.shutdownNow();
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }
}
