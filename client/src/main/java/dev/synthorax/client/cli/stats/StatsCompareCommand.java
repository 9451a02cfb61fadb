package dev.synthorax.client.cli.stats;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.stats.ComparisonJson;
import dev.synthorax.client.stats.ComparisonTable;
import dev.synthorax.client.stats.Comparisons;
import dev.synthorax.client.stats.ScoreFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares every arm of a CSV with a baseline. */
@Command(
    name = "compare",
    description = {
      "Compares every arm with a baseline, task by task, on paired runs or images.",
      "",
      "CSV columns, each with an optional task:",
      "  runs         arm,seed,metric,value",
      "  images       arm,patient,image,metric,value",
      "  predictions  arm,patient,image,truth,score   (metrics auroc and accuracy)",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Missing partners, doubled rows and values that are no numbers stop the command; one pair or",
      "no variance give a comparison without p-value and a warning.",
      "",
      "Examples:",
      "  synthorax stats compare runs.csv --baseline real_only --metric f1",
      "  synthorax stats compare dice.csv --baseline real_only --metric dice \\",
      "      --test bootstrap",
      "  synthorax stats compare scores.csv --baseline real_only --metric auroc \\",
      "      --adjust holm --json"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class StatsCompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CSV", description = "The file.")
  private Path csv;

  @Mixin private ComparisonOptions options;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    ScoreFile file = ScoreFile.read(csv);
    Comparisons comparisons = options.compare(file);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    comparisons.warnings().forEach(warning -> err.println("warning: " + warning));
    if (output.json()) {
      out.println(new JsonMapper().writeValueAsString(ComparisonJson.of(comparisons)));
    } else {
      ComparisonTable.lines(comparisons).forEach(out::println);
    }
    return ExitCode.OK;
  }
}
