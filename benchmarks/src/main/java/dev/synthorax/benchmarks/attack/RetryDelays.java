package dev.synthorax.benchmarks.attack;

import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Whether the delay that a refused client is told is the time until there is room. */
final class RetryDelays implements Attack {
  private static final int QUEUE = 1024;
  private static final int FILLING = 256; // images a request, all that one may ask for
  private static final int STEPS = 1;
  private static final int CLIENTS = 8;
  private static final int WANTED = 64; // images a client
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int MOST_ATTEMPTS = 4;

  @Override
  public String name() {
    return "retry";
  }

  @Override
  public String about() {
    return "eight clients that find the queue full and come again when they are told to";
  }

  /** How a client got in. */
  private record Entry(Duration firstDelay, double seconds, int attempts) {}

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    try (AttackedServer server = scene.serving("retry", scene.settings())) {
      PlainLoad.measure(server, Specs.usual(STEPS), 8, Duration.ofSeconds(4)); // warm
      try (var queue =
          new QueuedStreams(server, QUEUE / FILLING, false, index -> batch(index, FILLING))) {
        queue.awaitLetIn(QUEUE / FILLING);
        var clients = new ArrayList<CompletableFuture<Entry>>();
        for (int i = 0; i < CLIENTS; i++) {
          int seed = i;
          clients.add(
              CompletableFuture.supplyAsync(
                  () -> enter(server, seed), task -> Thread.ofVirtual().start(task)));
        }
        var entries = new ArrayList<Entry>();
        for (var client : clients) {
          entries.add(client.get(LIMIT.toSeconds() + 10, TimeUnit.SECONDS));
        }
        return figures(entries);
      }
    }
  }

  private static GenerationSpec batch(int index, int count) {
    return Specs.usual(STEPS).toBuilder()
        .setGuidanceScale(1)
        .setSeed(1000L * index)
        .setCount(count)
        .build();
  }

  private static Entry enter(AttackedServer server, int seed) {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      long startNanos = System.nanoTime();
      Duration first = null;
      for (int attempt = 1; ; attempt++) {
        long askedNanos = System.nanoTime();
        Answer answer =
            Wire.call(channel, Wire.GENERATE, server.request(batch(100 + seed, WANTED)), LIMIT)
                .join();
        if (answer.retry() == null) {
          double seconds = (askedNanos - startNanos) / 1e9;
          return new Entry(first == null ? Duration.ZERO : first, seconds, attempt);
        }
        first = first == null ? answer.retry() : first;
        Thread.sleep(answer.retry());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      channel.shutdownNow();
    }
  }

  private static List<Figure> figures(List<Entry> entries) {
    double[] delays =
        entries.stream().mapToDouble(e -> e.firstDelay().toNanos() / 1e9).sorted().toArray();
    double[] entered = entries.stream().mapToDouble(Entry::seconds).sorted().toArray();
    double attempts = entries.stream().mapToInt(Entry::attempts).average().orElse(Double.NaN);
    long distinct = entries.stream().map(Entry::firstDelay).distinct().count();
    return List.of(
        Figure.told("first delay told, s, least and most", ends(delays)),
        Figure.told("seconds until let in, least and most", ends(entered)),
        Figure.atMost("attempts until let in, mean of 8 clients", attempts, MOST_ATTEMPTS),
        Figure.atLeast("different delays told to 8 clients", distinct, CLIENTS / 2));
  }

  private static String ends(double[] sorted) {
    return Figure.number(sorted[0]) + " to " + Figure.number(Arrays.stream(sorted).max().orElse(0));
  }
}
