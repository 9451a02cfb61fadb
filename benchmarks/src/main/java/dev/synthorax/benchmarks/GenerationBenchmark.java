package dev.synthorax.benchmarks;

import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.proto.v1.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Images per second of a diffusion pipeline: alone, with company, and beside the bare loop,
 * interleaved in one run.
 */
@Command(
    name = "generation",
    mixinStandardHelpOptions = true,
    description =
        "Images per second alone and at concurrency, beside a bare ONNX Runtime loop in the same"
            + " run.",
    footer = {
      "",
      "Example: synthorax bench generation --pipeline server/src/main/resources/models/cxr-mini"
    })
final class GenerationBenchmark implements Callable<Integer> {
  @Option(
      names = "--pipeline",
      required = true,
      description = "Folder of the pipeline that the server has bundled.")
  private Path pipeline = Path.of("");

  @Option(
      names = "--steps",
      defaultValue = "20",
      description = "Denoising steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--images",
      defaultValue = "16",
      description = "Images of a measurement. Default: ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--concurrency",
      defaultValue = "8",
      description = "Requests under way at once. Default: ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds; the median ratio counts. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--threads",
      description = "Threads of server and bare loop alike. Default: all processors.")
  private @Nullable Integer threads;

  @Option(
      names = "--cache",
      defaultValue = "target/bench-cache",
      description = "Folder for exported graphs. Default: ${DEFAULT-VALUE}.")
  private Path cache = Path.of("target", "bench-cache");

  @Override
  public Integer call() throws Exception {
    ServerCommand command = ServerCommand.ofEnvironment(System.getenv());
    if (command == null) {
      throw new IllegalStateException(
          ServerCommand.VARIABLE + " is not set (run this through ./synthorax bench)");
    }
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    double[] alone = new double[rounds];
    double[] together = new double[rounds];
    double[] bare = new double[rounds];
    try (ServerProcess server = ServerProcess.start(command, Duration.ofMinutes(3), line -> {});
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      Model model = client.model("", "");
      ImageLoad load = new ImageLoad(client, steps);
      int side = model.getDiffusion().getSizes(0).getWidth();
      try (BareLoop loop = BareLoop.open(pipeline, side, used, cache)) {
        load.seconds(concurrency, concurrency); // warm
        for (int round = 0; round < rounds; round++) {
          alone[round] = images / load.seconds(images, 1);
          bare[round] = images / loop.seconds(images, steps);
          together[round] = images / load.seconds(images, concurrency);
          System.out.printf(
              Locale.ROOT,
              "round %d: alone %.2f, concurrency %d %.2f, bare loop %.2f images/s%n",
              round + 1,
              alone[round],
              concurrency,
              together[round],
              bare[round]);
        }
        report(model, used, loop, alone, together, bare);
      }
    }
    return 0;
  }

  private void report(
      Model model, int used, BareLoop loop, double[] alone, double[] together, double[] bare) {
    double[] ratios = new double[rounds];
    Arrays.setAll(ratios, i -> together[i] / bare[i]);
    System.out.printf(
        Locale.ROOT,
        """

        model %s %s, backend %s, %d threads, %d steps with guidance %.1f, %d images a measurement, median of %d rounds
        | what | images/s |
        | --- | --- |
        | server, concurrency 1 | %.2f |
        | server, concurrency %d | %.2f |
        | bare loop (U-Net at %d rows, decoder at %d) | %.2f |

        server at concurrency %d over bare loop: %.3f (median of the rounds' ratios)
        """,
        model.getName(),
        model.getVersion(),
        model.getDiffusion().getBackend(),
        used,
        steps,
        model.getDiffusion().getDefaultGuidanceScale(),
        images,
        rounds,
        median(alone),
        concurrency,
        median(together),
        loop.unetRows(),
        loop.decoderRows(),
        median(bare),
        concurrency,
        median(ratios));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
