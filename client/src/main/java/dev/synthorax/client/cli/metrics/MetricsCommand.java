package dev.synthorax.client.cli.metrics;

import dev.synthorax.client.cli.option.OutputOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Metrics: the parent of {@code metrics segmentation}, {@code classification}, {@code fidelity}.
 */
@Command(
    name = "metrics",
    description = "Measures predicted masks, classifier scores, and synthetic images.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      MetricsSegmentationCommand.class,
      MetricsClassificationCommand.class,
      MetricsFidelityCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  synthorax metrics segmentation --truth masks --prediction predicted",
      "  synthorax metrics classification scores.csv --group sex --group age",
      "  synthorax metrics fidelity --real test --synthetic synthetic --train train"
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli fills and reads the fields
public final class MetricsCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "metrics: no command (expected: segmentation, classification or fidelity)");
  }
}
