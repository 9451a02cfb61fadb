package dev.synthorax.benchmarks;

import dev.synthorax.benchmarks.attack.AttackCommand;
import dev.synthorax.benchmarks.gpu.GpuCommand;
import dev.synthorax.benchmarks.judges.JudgesCommand;
import dev.synthorax.benchmarks.judges.TuningCommand;
import dev.synthorax.benchmarks.judges.UtilityCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code bench} command. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {
      GenerationBenchmark.class,
      PlanningBenchmark.class,
      JudgesCommand.class,
      LoadMemoryBenchmark.class,
      AttackCommand.class,
      GpuCommand.class,
      TuningCommand.class,
      UtilityCommand.class
    },
    description = "Measures the server and the images it makes.",
    footer = {"", "Example: synthorax bench attack masks queue --quick"})
public final class BenchCommand implements Runnable {
  @Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  private BenchCommand() {}

  /** Runs a benchmark; exits with 0 (done), 1 (failed) or 2 (bad usage). */
  public static void main(String[] arguments) {
    var command = new CommandLine(new BenchCommand());
    command.setExecutionExceptionHandler(
        (failure, line, result) -> {
          line.getErr().println("bench: " + failure.getMessage());
          return 1;
        });
    command.setParameterExceptionHandler(
        (failure, line) -> {
          CommandLine failed = failure.getCommandLine();
          failed.getErr().println("bench: " + failure.getMessage() + "; see 'bench --help'");
          return failed.getCommandSpec().exitCodeOnInvalidInput();
        });
    System.exit(command.execute(arguments));
  }

  @Override
  public void run() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec, "spec").commandLine(),
        "which benchmark? (expected: attack, generation, gpu, judges, memory, planning, tuning"
            + " or utility)");
  }
}
