package dev.synthorax.benchmarks.gpu;

import dev.synthorax.benchmarks.ImageLoad;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.proto.v1.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Images per second of a server on some backend, from request to PNG. */
@Command(
    name = "images",
    mixinStandardHelpOptions = true,
    description = "Images per second of a server with the bundled model, at several concurrencies.",
    footer = {"", "Example: synthorax bench gpu images --backend onnxruntime-cuda"})
final class ImagesBenchmark implements Callable<Integer> {
  @Option(
      names = "--backend",
      defaultValue = "auto",
      description = "Backend. Default: ${DEFAULT-VALUE}.")
  private String backend = "";

  @Option(
      names = "--concurrency",
      split = ",",
      defaultValue = "1,8,64",
      description = "Requests under way at once. Default: ${DEFAULT-VALUE}.")
  private List<Integer> concurrencies = List.of();

  @Option(
      names = "--steps",
      defaultValue = "20",
      description = "Denoising steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Of the measurement of one concurrency, about. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--start-seconds",
      defaultValue = "600",
      description = "How long the server may take to start. Default: ${DEFAULT-VALUE}.")
  private long startSeconds;

  @Mixin private JsonFile json = new JsonFile();

  /** A concurrency's throughput. */
  record Rate(int concurrency, int images, double imagesPerSecond) {}

  /** All of them. */
  record Figures(String model, String backend, int steps, List<Rate> rates) {}

  @Override
  public Integer call() throws Exception {
    ServerCommand command = ServerCommand.ofEnvironment(System.getenv());
    if (command == null) {
      throw new IllegalStateException(
          ServerCommand.VARIABLE + " is not set (run this through ./synthorax bench)");
    }
    try (ServerProcess server =
            ServerProcess.start(
                command,
                List.of("--backend", backend),
                Duration.ofSeconds(startSeconds),
                line -> System.err.println(line));
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      Model model = client.model("", "");
      var load = new ImageLoad(client, steps);
      var rates = new ArrayList<Rate>();
      for (int concurrency : concurrencies) {
        double once = load.seconds(2 * concurrency, concurrency) / 2; // warms, too
        int images = concurrency * Math.max(2, (int) (seconds / once));
        var rate = new Rate(concurrency, images, images / load.seconds(images, concurrency));
        System.out.printf(
            Locale.ROOT,
            "concurrency %d: %.2f images/s of %d images%n",
            concurrency,
            rate.imagesPerSecond(),
            images);
        rates.add(rate);
        json.write(new Figures(model.getName(), model.getDiffusion().getBackend(), steps, rates));
      }
    }
    return 0;
  }
}
