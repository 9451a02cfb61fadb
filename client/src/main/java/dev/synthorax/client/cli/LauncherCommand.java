package dev.synthorax.client.cli;

import dev.synthorax.client.cli.option.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * Stands in the list of commands for one that the launcher gives to a main of its own, which knows
 * its options.
 */
@SuppressWarnings("NullAway.Init") // picocli injects the spec
abstract sealed class LauncherCommand implements Callable<Integer> {
  @Unmatched
  @SuppressWarnings("UnusedVariable") // options of another main: picocli drops them here
  private List<String> rest = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public final Integer call() {
    throw new UsageException(
        spec.name() + " runs in a process of its own (expected: a start through ./synthorax)");
  }

  @Command(
      name = "trainer",
      description = "Trains a model from sample shards.",
      footer = {
        "",
        "Example:",
        "  synthorax trainer cxr-mini --shards .work/shards \\",
        "      --work .work/cxr-mini --out trained"
      })
  static final class Trainer extends LauncherCommand {}

  @Command(
      name = "bench",
      description = "Measures the server and the images it makes.",
      footer = {"", "Example:", "  synthorax bench generation --seconds 20"})
  static final class Bench extends LauncherCommand {}
}
