package dev.synthorax.client.cli.review;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.review.RatingSheet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a folder for a reader who rates in a spreadsheet. */
@Command(
    name = "sheet",
    description = "Writes images and an empty table for a reader with a spreadsheet.",
    sortOptions = false,
    footer = {
      "",
      "Score each image from 0 (not at all) to 5 (as asked): text_score where a prompt",
      "was asked for, mask_score where masks were. Items left empty come again.",
      "",
      "Example:",
      "  synthorax review sheet pilot --reader dr-a --out sheet \\",
      "      --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewSheetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SET", description = "Name of the set.")
  private String set;

  @Option(names = "--reader", required = true, paramLabel = "NAME", description = "Who rates.")
  private String reader;

  @Option(
      names = "--items",
      defaultValue = "100",
      paramLabel = "N",
      description = "Most items of the sheet, 1 to 1000. Default: ${DEFAULT-VALUE}.")
  private int items;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for images, masks and ratings.csv.")
  private Path out;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (items < 1 || items > RatingSheet.MAX_ITEMS) {
      throw new UsageException(
          "--items: " + items + " (expected: 1 to " + RatingSheet.MAX_ITEMS + ")");
    }
    int written;
    try (Connection connection = serverOptions.open(spec.commandLine().getErr(), output.json())) {
      written = RatingSheet.write(ReviewCommand.client(connection), set, reader, items, out);
    }
    spec.commandLine()
        .getOut()
        .println(
            written == 0
                ? "Nothing is left for " + reader + "."
                : written + " items in " + out.resolve(RatingSheet.TABLE));
    return ExitCode.OK;
  }
}
