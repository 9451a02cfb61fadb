package dev.synthorax.client.cli.generation;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.option.UnsignedSeed;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.generation.RunFolder;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Shows what the bundled model can do: images from text, from masks and from both, with a report.
 */
@Command(
    name = "demo",
    description =
        "Makes images of every condition from text, from masks and from both, and a report that"
            + " shows them.",
    sortOptions = false,
    footer = {
      "",
      "A second demo in the same folder goes on where the first ended, with other",
      "patients. No prompt names a side: the bundled model draws left and right at",
      "chance.",
      "",
      "Example:",
      "  synthorax demo --out first-light"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private FolderOptions folderOptions;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "" + DemoPlan.DEFAULT_COUNT,
      description = "Images to make. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = UnsignedSeed.class,
      description = "Other seeds give other images. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DemoPlan.requireCount(count);
    PrintWriter err = spec.commandLine().getErr();
    try (RunFolder folder = folderOptions.open("demo")) {
      List<Integer> numbers = folder.freeNumbers(count);
      if (numbers.getLast() > DemoPlan.MAX_COUNT) {
        throw new UsageException("--out: " + folder.resolve("") + " is full; name another folder");
      }
      try (Connection connection = serverOptions.open(err, output.json())) {
        Model model = connection.client().model("", "");
        new RunSession(connection, folder, spec.commandLine().getOut(), err, output.json())
            .run(
                "Demo",
                model,
                RunPlan.of(DemoPlan.of(numbers, seed, model)),
                missing -> folderOptions.goOnWith() + "--count " + missing.size());
      }
    }
    return ExitCode.OK;
  }
}
