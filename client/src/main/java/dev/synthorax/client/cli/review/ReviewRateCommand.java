package dev.synthorax.client.cli.review;

import dev.synthorax.client.ReviewClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.review.RatingSheet;
import dev.synthorax.proto.v1.SubmitRatingsRequest;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Submits a table that a reader filled in. */
@Command(
    name = "rate",
    description = "Submits the ratings that a reader filled into a table.",
    sortOptions = false,
    footer = {
      "",
      "Columns: item, image, text_score, mask_score; others mean nothing. The same",
      "ratings again change nothing; other ones take the place of the reader's first.",
      "",
      "Example:",
      "  synthorax review rate sheet/ratings.csv --set pilot --reader dr-a \\",
      "      --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewRateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE.csv", description = "The table, as review sheet writes it.")
  private Path file;

  @Option(names = "--set", required = true, paramLabel = "SET", description = "Name of the set.")
  private String set;

  @Option(names = "--reader", required = true, paramLabel = "NAME", description = "Who rated.")
  private String reader;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    List<SubmitRatingsRequest> ratings = RatingSheet.read(file, set, reader);
    int refused = 0;
    int changed = 0;
    try (Connection connection = serverOptions.open(err, output.json())) {
      ReviewClient client = ReviewCommand.client(connection);
      for (SubmitRatingsRequest item : ratings) {
        try {
          changed += client.submit(item).getRatingsChanged();
        } catch (SynthoraxException e) {
          if (e.code() != Status.Code.INVALID_ARGUMENT) {
            throw e;
          }
          err.println("error: item " + item.getItem() + ": " + e.getMessage());
          refused++;
        }
      }
    }
    spec.commandLine()
        .getOut()
        .println(
            "%d items rated, %d images new or changed%s"
                .formatted(
                    ratings.size() - refused,
                    changed,
                    refused == 0 ? "" : ", " + refused + " items refused"));
    return refused == 0 ? ExitCode.OK : ExitCode.FAILED;
  }
}
