package dev.synthorax.benchmarks.attack;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls that run when the server is told to stop, once and twice. */
final class LastCalls implements Attack {
  private static final int CALLS = 6; // and one more fill no more than a step
  private static final int LONG_STEPS = 1000;
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration LONG_GRACE = Duration.ofSeconds(60);
  private static final Duration CALL_LIMIT = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "stop";
  }

  @Override
  public String about() {
    return "SIGTERM beneath running calls, once and twice";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    figures.addAll(once(scene));
    figures.addAll(twice(scene));
    return figures;
  }

  private static List<Figure> once(Scene scene) throws Exception {
    try (AttackedServer server = scene.serving("once", scene.settings().withGrace(GRACE))) {
      ManagedChannel channel = Wire.channel(server.target());
      try {
        var cut = start(server, channel, LONG_STEPS);
        CompletableFuture<Answer> brief =
            Wire.call(channel, Wire.GENERATE, server.request(Specs.usual(2)), CALL_LIMIT);
        Thread.sleep(500);
        long startNanos = System.nanoTime();
        server.terminate();
        Thread.sleep(300);
        Answer late =
            Wire.call(channel, Wire.GENERATE, server.request(Specs.usual(2)), CALL_LIMIT)
                .get(1, TimeUnit.MINUTES);
        var answers = new ArrayList<String>();
        for (var call : cut) {
          answers.add(call.get(1, TimeUnit.MINUTES).shown());
        }
        Integer exit = server.awaitExit(PATIENCE);
        return List.of(
            Figure.equal(
                "calls cut by the end of grace",
                Scene.counted(answers),
                CALLS + " UNAVAILABLE DRAINING +retry"),
            Figure.equal("a call that ends within grace", brief.join().shown(), "OK"),
            Figure.equal("a call after SIGTERM", late.shown(), "UNAVAILABLE DRAINING +retry"),
            Figure.equal("exit code", exit == null ? "none" : "" + exit, "0"),
            Figure.atMost(
                "SIGTERM to the end, s, grace 3 s",
                (System.nanoTime() - startNanos) / 1e9,
                (double) GRACE.plusSeconds(3).toSeconds()));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static List<CompletableFuture<Answer>> start(
      AttackedServer server, ManagedChannel channel, int steps) {
    var calls = new ArrayList<CompletableFuture<Answer>>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(
          Wire.call(
              channel,
              i % 2 == 0 ? Wire.GENERATE : Wire.GENERATE_STREAM,
              server.request(Specs.usual(steps)),
              CALL_LIMIT));
    }
    return calls;
  }

  private static List<Figure> twice(Scene scene) throws Exception {
    try (AttackedServer server = scene.serving("twice", scene.settings().withGrace(LONG_GRACE))) {
      ManagedChannel channel = Wire.channel(server.target());
      try {
        start(server, channel, LONG_STEPS);
        Thread.sleep(500);
        server.terminate();
        Thread.sleep(1000);
        long startNanos = System.nanoTime();
        server.terminate();
        Integer exit = server.awaitExit(PATIENCE);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        String name = "second SIGTERM to the end, s, grace 60 s";
        return List.of(
            exit == null
                ? Figure.equal(name, "not within 20", "<= 2")
                : Figure.atMost(name, seconds, 2));
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
