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
 * A server process as the client expects one: first line {@code LISTENING port=N}, health, and an
 * end when standard input closes. The argument {@code fail=TEXT} makes it end at once, {@code
 * never-serving} keeps its health down, {@code phantoms} makes it draw phantoms.
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

  /** Serves until standard input closes. */
  public static void main(String[] args) throws IOException {
    List<String> words = List.of(args);
    if (words.getFirst().startsWith("fail=")) {
      System.err.println("some line before");
      System.err.println("error: " + words.getFirst().substring("fail=".length()));
      System.exit(1);
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
    while (System.in.read() >= 0) {
      // nothing is ever written to it
    }
    server.shutdownNow();
  }
}
