package dev.synthorax.client;

import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.Phantoms;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server process as the client expects one: first line {@code LISTENING port=N}, then {@code
 * SERVING}, health, and with {@code --exit-with-stdin} an end when standard input closes. The
 * argument {@code fail=TEXT} makes it end at once, {@code misuse=TEXT} as after bad usage, {@code
 * never-serving} keeps it from serving, {@code phantoms} makes it draw phantoms.
 */
public final class FakeServerMain {
  private FakeServerMain() {}

  /** Returns the words that run this main in a process of its own. */
  public static List<String> command(String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FakeServerMain.class.getName()));
    words.addAll(List.of(arguments));
    return words;
  }

  /** Serves until standard input closes, or for ever. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    for (String word : List.of("misuse=", "fail=")) {
      if (words.getFirst().startsWith(word)) {
        System.err.println("some line before");
        System.err.println("error: " + words.getFirst().substring(word.length()));
        System.exit(word.equals("fail=") ? 1 : 2);
      }
    }
    FakeServices services =
        words.contains("phantoms")
            ? new FakeServices(seed -> Png.encode(Phantoms.sample(2_900_000 + seed, 128).image()))
            : new FakeServices();
    HealthStatusManager health = new HealthStatusManager();
    ServerBuilder<?> builder = ServerBuilder.forPort(0).addService(health.getHealthService());
    for (BindableService service : services.services()) {
      builder.addService(service);
    }
    Server server = builder.build().start();
    health.setStatus(
        "", words.contains("never-serving") ? ServingStatus.NOT_SERVING : ServingStatus.SERVING);
    System.out.println("LISTENING port=" + server.getPort());
    System.err.println("arguments: " + String.join(" ", args));
    if (!words.contains("never-serving")) {
      System.out.println("SERVING");
    }
    if (!words.contains("--exit-with-stdin")) {
      server.awaitTermination();
    }
    while (System.in.read() >= 0) {
      // nothing is ever written to it
    }
    server.shutdownNow();
  }
}
