package dev.synthorax.client.cli.review;

import dev.synthorax.client.ReviewClient;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.review.RatingTable;
import dev.synthorax.client.storage.WholeFile;
import dev.synthorax.proto.v1.ExportRatingsRequest;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a set's ratings as a table. */
@Command(
    name = "export",
    description = "Writes the ratings of a set as CSV, or as JSON Lines.",
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  synthorax review export pilot --out ratings.csv --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SET", description = "Name of the set.")
  private String set;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Table to write, in place of the one that is there; of JSON Lines where its name ends in"
              + " .jsonl. Default: standard output.")
  private @Nullable Path file;

  @Option(
      names = "--reader",
      defaultValue = "",
      paramLabel = "NAME",
      description = "Only this reader's ratings.")
  private String reader;

  @Option(names = "--history", description = "Also ratings that a later one took the place of.")
  private boolean history;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Path table = file;
    try (Connection connection = serverOptions.open(spec.commandLine().getErr(), output.json())) {
      ReviewClient client = ReviewCommand.client(connection);
      if (table == null) {
        var _ = write(client, out, output.json());
        out.flush(); // its lines end without println
        return ExitCode.OK;
      }
      int[] count = {0};
      WholeFile.replace(
          table,
          bytes -> {
            Writer writer = new OutputStreamWriter(bytes, StandardCharsets.UTF_8);
            count[0] = write(client, writer, table.toString().endsWith(".jsonl"));
            writer.flush();
          });
      out.println(count[0] + " ratings in " + table);
    }
    return ExitCode.OK;
  }

  private int write(ReviewClient client, Appendable to, boolean json) throws IOException {
    var table = new RatingTable(to, json);
    client.export(
        ExportRatingsRequest.newBuilder()
            .setReviewSet(set)
            .setReader(reader)
            .setWithHistory(history)
            .build(),
        table);
    return table.count();
  }
}
