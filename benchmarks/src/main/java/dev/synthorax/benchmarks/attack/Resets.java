package dev.synthorax.benchmarks.attack;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A busy client that gives up often, which must live, and a flood of resets, which must not. */
final class Resets implements Attack {
  private static final int HEALTHY = 4;
  private static final int FLOOD_LIMIT = 20_000;
  private static final int FLOOD_MOST = 400_000;
  private static final int FLOOD_FLUSH = 50;
  private static final Duration FLOOD_TIME = Duration.ofSeconds(10);
  private static final double HEALTH_LIMIT_SECONDS = 0.5;

  @Override
  public String name() {
    return "resets";
  }

  @Override
  public String about() {
    return "600 cancelled and late calls beside healthy streams, and a rapid reset flood";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    try (AttackedServer server = scene.serving("resets", scene.settings())) {
      PlainLoad.measure(server, Specs.usual(4), 4, Duration.ofSeconds(2)); // warm
      figures.addAll(busy(server, scene.seconds(28, 14)));
      scene.tell("a flood of resets");
      figures.addAll(flood(server));
      figures.add(
          Figure.equal(
              "an image after the flood",
              Reference.of(server, "").version().isEmpty() ? "none" : "made",
              "made"));
    }
    return figures;
  }

  private static List<Figure> busy(AttackedServer server, Duration time) throws Exception {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      var healthy = new ArrayList<CompletableFuture<Answer>>();
      for (int i = 0; i < HEALTHY; i++) {
        healthy.add(
            Wire.call(
                channel,
                Wire.GENERATE_STREAM,
                server.request(Specs.usual(1000)),
                Duration.ofMinutes(5)));
      }
      Thread.sleep(500);
      byte[] request = server.request(Specs.usual(20));
      int gaveUp = 600;
      long periodNanos = time.toNanos() / gaveUp;
      for (int i = 0; i < gaveUp; i++) {
        if (i % 2 == 0) {
          giveUp(channel, request);
        } else {
          var _ = Wire.call(channel, Wire.GENERATE, request, Duration.ofMillis(15 + i % 30));
        }
        TimeUnit.NANOSECONDS.sleep(periodNanos);
      }
      long lost = healthy.stream().filter(CompletableFuture::isDone).count();
      var ends =
          healthy.stream().filter(CompletableFuture::isDone).map(c -> c.join().shown()).toList();
      return List.of(
          Figure.told("calls given up, in %d s".formatted(time.toSeconds()), gaveUp),
          Figure.atMost("of 4 healthy streams on that connection, lost", lost, 0),
          Figure.told("how they were lost", Scene.counted(ends)));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void giveUp(ManagedChannel channel, byte[] request) throws InterruptedException {
    ClientCall<byte[], byte[]> call = channel.newCall(Wire.GENERATE, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
    Thread.sleep(5); // it is on the wire
    call.cancel("the user went on", null);
  }

  private static List<Figure> flood(AttackedServer server) throws Exception {
    byte[] message =
        Http2Socket.framed(
            0, server.request(Specs.usual(20)).length, server.request(Specs.usual(20)));
    var headers = Http2Socket.headers("/synthorax.v1.GenerationService/Generate");
    int sent = 0;
    try (HealthProbe health = HealthProbe.start(server.target());
        Http2Socket socket = Http2Socket.open(server.port())) {
      long startNanos = System.nanoTime();
      try {
        while (!socket.end().isDone()
            && sent < FLOOD_MOST
            && System.nanoTime() - startNanos < FLOOD_TIME.toNanos()) {
          int stream = socket.begin(headers);
          socket.message(stream, message);
          socket.reset(stream);
          if (++sent % FLOOD_FLUSH == 0) {
            socket.flush();
          }
        }
      } catch (IOException e) {
        // the server hung up: what it should do
      }
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      boolean stopped = waitForEnd(socket);
      var figures = new ArrayList<Figure>();
      figures.add(Figure.equal("flood stopped", stopped ? "yes" : "no", "yes"));
      figures.add(Figure.atMost("resets until it was", sent, FLOOD_LIMIT));
      figures.add(Figure.told("seconds until it was", seconds));
      figures.addAll(health.figures("reset flood", HEALTH_LIMIT_SECONDS));
      return figures;
    }
  }

  private static boolean waitForEnd(Http2Socket socket) throws Exception {
    return !socket.end().completeOnTimeout("open", 2, TimeUnit.SECONDS).get().equals("open");
  }
}
