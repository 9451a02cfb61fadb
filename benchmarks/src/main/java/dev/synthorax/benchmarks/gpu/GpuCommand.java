package dev.synthorax.benchmarks.gpu;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code bench gpu} command; its measurements run on any backend, so that they can be tried
 * without a GPU.
 */
@Command(
    name = "gpu",
    mixinStandardHelpOptions = true,
    subcommands = {
      DeviceReport.class,
      UnetBenchmark.class,
      ImagesBenchmark.class,
      KernelsBenchmark.class,
      StepsReport.class
    },
    description = "Measures a GPU; benchmarks/gpu/run runs all of it.",
    footer = {"", "Example: synthorax bench gpu unet --pipeline FOLDER --backend onnxruntime-cuda"})
public final class GpuCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec, "spec").commandLine(),
        "which measurement? (expected: device, images, kernels, report or unet)");
  }
}
