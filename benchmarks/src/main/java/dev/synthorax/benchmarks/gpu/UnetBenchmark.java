package dev.synthorax.benchmarks.gpu;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.Precision;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.onnx.DiffusersExport;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.pipeline.PipelineDescription;
import dev.synthorax.server.pipeline.PipelineLoader;
import dev.synthorax.server.scheduler.ByteBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A denoising step as the server makes it (step loop, executor, guidance, noise scheduler) beside a
 * bare loop over the same plan, interleaved in one run.
 */
@Command(
    name = "unet",
    mixinStandardHelpOptions = true,
    description =
        "The server's denoising step beside a bare loop of the same U-Net, at several row counts.",
    footer = {
      "",
      "Example: synthorax bench gpu unet --pipeline FOLDER --backend onnxruntime-cuda --rows 2,16"
    })
final class UnetBenchmark implements Callable<Integer> {
  private static final int ROUNDS = 5;
  private static final int LEAST_STEPS = 20;
  private static final int MOST_STEPS = 500;

  @Option(names = "--pipeline", required = true, description = "Pipeline in the diffusers layout.")
  private Path pipeline = Path.of("");

  @Option(
      names = "--backend",
      defaultValue = "auto",
      description = "Backend. Default: ${DEFAULT-VALUE}.")
  private String backendName = "";

  @Option(
      names = "--rows",
      split = ",",
      defaultValue = "2,16",
      description = "Even row counts, two an image. Default: ${DEFAULT-VALUE}.")
  private List<Integer> rowCounts = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Of the measurement of one row count, about. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--cache",
      defaultValue = "target/bench-cache",
      description = "Folder for graphs and compiled plans. Default: ${DEFAULT-VALUE}.")
  private Path cache = Path.of("target", "bench-cache");

  @Mixin private JsonFile json = new JsonFile();

  /** A row count's medians; the ratio is the median of the rounds' ratios. */
  record Step(int rows, double bareMillis, double stepMillis, double ratio) {}

  /** All of them. */
  record Figures(
      String backend, String device, String precision, int parametersMillions, List<Step> steps) {}

  @Override
  public Integer call() throws Exception {
    List<Integer> ascending = rowCounts.stream().sorted().toList();
    if (ascending.stream().anyMatch(rows -> rows < 2 || rows % 2 != 0)) {
      throw new IllegalArgumentException("--rows " + rowCounts + " (expected: even counts)");
    }
    int threads = Runtime.getRuntime().availableProcessors();
    try (Backend backend = Backends.open(backendName);
        DiffusionPipeline server =
            new PipelineLoader(
                    backend,
                    List.of(backend.devices().getFirst()),
                    threads,
                    cache,
                    new ByteBudget(Long.MAX_VALUE),
                    sentence -> System.err.println(sentence))
                .load("bench", pipeline, failure -> {})) {
      measure(backend, server, ascending, threads);
    }
    return 0;
  }

  private void measure(
      Backend backend, DiffusionPipeline server, List<Integer> ascending, int threads)
      throws IOException {
    PipelineDescription description = server.description();
    Device device = backend.devices().getFirst();
    Precision precision = description.config().precision().on(device);
    Path graph =
        DiffusersExport.export(
                DiffusersFolder.of(pipeline),
                description.size().height(),
                description.size().width(),
                cache,
                precision)
            .unet();
    PlanRequest request =
        PlanRequest.of(graph, device)
            .withPrecision(precision)
            .withRowProfiles(description.rowCounts())
            .withCache(cache.resolve("plans")) // where the loader has its own
            .withIntraOpThreads(threads);
    var steps = new ArrayList<Step>();
    int millions = Math.toIntExact(description.parameters() / 1_000_000);
    for (int rows : ascending) {
      try (BareUnet bare = new BareUnet(backend, device, request, rows)) {
        Step step = step(bare, new DenoisingLoad(server, rows / 2), rows);
        System.out.printf(
            Locale.ROOT,
            "%d rows: bare %.3f ms, step %.3f ms, bare over step %.3f%n",
            rows,
            step.bareMillis(),
            step.stepMillis(),
            step.ratio());
        steps.add(step);
      }
      json.write(
          new Figures(
              description.backend(), device.description(), precision.name(), millions, steps));
    }
  }

  private Step step(BareUnet bare, DenoisingLoad load, int rows) {
    double once = bare.seconds(LEAST_STEPS);
    int count =
        (int) Math.clamp((long) (seconds / once / 2 / ROUNDS), LEAST_STEPS, (long) MOST_STEPS);
    load.secondsAStep(LEAST_STEPS);
    double[] bareMillis = new double[ROUNDS];
    double[] stepMillis = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      bareMillis[round] = 1e3 * bare.seconds(count);
      stepMillis[round] = 1e3 * load.secondsAStep(count);
      ratios[round] = bareMillis[round] / stepMillis[round];
    }
    return new Step(rows, median(bareMillis), median(stepMillis), median(ratios));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The rule that a step is moved by; any costs the same on a device. */
  static NoiseScheduler.Kind noiseScheduler(PipelineDescription description) {
    return description.noiseSchedulers().contains(NoiseScheduler.Kind.DDIM)
        ? NoiseScheduler.Kind.DDIM
        : description.noiseSchedulers().getFirst();
  }
}
