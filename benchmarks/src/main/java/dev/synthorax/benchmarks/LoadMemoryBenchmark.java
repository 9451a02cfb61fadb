package dev.synthorax.benchmarks;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.onnx.DiffusersExport;
import dev.synthorax.nn.onnx.ExportedPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Memory that loading a pipeline takes: its graphs and widened weights are written to a cache, then
 * opened by ONNX Runtime, as the server does before its first step. Linux alone.
 */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = "Measures the resident memory of this process while it loads a pipeline.",
    footer = {
      "",
      "Example: synthorax bench memory --pipeline models/chest --cache .work/graphs",
      "Run twice: the first time writes the cache, the second finds it there."
    })
final class LoadMemoryBenchmark implements Callable<Integer> {
  private static final Pattern STATUS = Pattern.compile("(?m)^(\\w+):\\s+(\\d+) kB$");
  private static final double MIB = 1 << 20;

  @Option(names = "--pipeline", required = true, description = "A folder in the diffusers layout.")
  private Path pipeline = Path.of("");

  @Option(names = "--cache", required = true, description = "Where the graphs go.")
  private Path cache = Path.of("");

  @Option(names = "--side", defaultValue = "512", description = "Pixels a side.")
  private int side;

  @Override
  @SuppressWarnings("MustBeClosed") // all plans are open at once, and closed at the end
  public Integer call() throws IOException {
    DiffusersFolder folder = DiffusersFolder.of(pipeline);
    double weights = 4.0 * folder.weightElements();
    System.out.printf(Locale.ROOT, "weights in FP32: %.0f MiB%n%n", weights / MIB);
    System.out.println("| after | peak MiB | peak / weights | resident: own MiB | of files MiB |");
    System.out.println("| --- | --- | --- | --- | --- |");
    row("start", weights);
    ExportedPipeline graphs = DiffusersExport.export(folder, side, side, cache);
    row("export", weights);
    List<Path> files =
        Stream.of(graphs.textEncoder(), graphs.unet(), graphs.controlNet(), graphs.vaeDecoder())
            .flatMap(Stream::ofNullable)
            .toList();
    List<Plan> plans = new ArrayList<>();
    try (Backend backend = Backends.open("onnxruntime-cpu")) {
      Device device = backend.devices().getFirst();
      try {
        for (Path file : files) {
          plans.add(backend.openPlan(PlanRequest.of(file, device)));
        }
        row("opening the networks", weights);
      } finally {
        plans.forEach(Plan::close);
      }
    }
    return 0;
  }

  private static void row(String after, double weights) throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    double peak = bytes(status, "VmHWM");
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.2f | %.0f | %.0f |%n",
        after,
        peak / MIB,
        peak / weights,
        bytes(status, "RssAnon") / MIB,
        bytes(status, "RssFile") / MIB);
  }

  private static double bytes(String status, String name) {
    Matcher lines = STATUS.matcher(status);
    while (lines.find()) {
      if (lines.group(1).equals(name)) {
        return 1024.0 * Long.parseLong(lines.group(2));
      }
    }
    throw new IllegalStateException("/proc/self/status: no " + name);
  }
}
