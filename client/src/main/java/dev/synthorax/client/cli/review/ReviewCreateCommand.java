package dev.synthorax.client.cli.review;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.cli.terminal.CountProgress;
import dev.synthorax.client.review.RunItems;
import dev.synthorax.proto.v1.CreateReviewSetResponse;
import dev.synthorax.proto.v1.ReviewSetStart;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a set of a run's images. */
@Command(
    name = "create",
    description = "Sends the images of a run to a server, as a set for readers.",
    sortOptions = false,
    footer = {
      "",
      "Images of one prompt, masks and model are one item. A set never changes; sent",
      "again after a cut, it goes on.",
      "",
      "Example:",
      "  synthorax review create synthorax-out/generate --name pilot \\",
      "      --server localhost:8001"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewCreateCommand implements Callable<Integer> {
  private static final int MAX_IMAGES = 16;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "Folder that generate or demo wrote, or its manifest.jsonl.")
  private Path run;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "Name of the set: a-z, 0-9, '.', '_' and '-'.")
  private String name;

  @Option(
      names = "--instructions",
      defaultValue = "",
      paramLabel = "TEXT",
      description = "What readers are told before they begin.")
  private String instructions;

  @Option(
      names = "--images-per-item",
      defaultValue = "4",
      paramLabel = "N",
      description = "Most images that are shown together, 1 to 16. Default: ${DEFAULT-VALUE}.")
  private int imagesPerItem;

  @Option(
      names = "--readers-per-item",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Readers that rate each item, so that several share a set. Default: every reader rates"
              + " every item.")
  private int readersPerItem;

  @Option(
      names = "--order-seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "Decides each reader's order. Default: ${DEFAULT-VALUE}.")
  private long orderSeed;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (imagesPerItem < 1 || imagesPerItem > MAX_IMAGES) {
      throw new UsageException("--images-per-item: " + imagesPerItem + " (expected: 1 to 16)");
    }
    if (readersPerItem < 0) {
      throw new UsageException("--readers-per-item: " + readersPerItem + " (expected: 0 or more)");
    }
    RunItems items;
    try {
      items = RunItems.read(run, imagesPerItem);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    PrintWriter err = spec.commandLine().getErr();
    ReviewSetStart start =
        ReviewSetStart.newBuilder()
            .setReviewSet(name)
            .setInstructions(instructions)
            .setReadersPerItem(readersPerItem)
            .setOrderSeed(orderSeed)
            .build();
    CreateReviewSetResponse created;
    try (Connection connection = serverOptions.open(err, output.json());
        CountProgress progress = CountProgress.open(err, output.json(), "Items", items.count())) {
      created = ReviewCommand.client(connection).create(start, items, _ -> progress.step());
    }
    tell(created, items);
    return ExitCode.OK;
  }

  private void tell(CreateReviewSetResponse created, RunItems items) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json()) {
      out.println(
          new JsonMapper()
              .writeValueAsString(
                  Map.of(
                      "set", name,
                      "items", created.getReviewSet().getItems(),
                      "images", created.getReviewSet().getImages(),
                      "itemsKnown", created.getItemsKnown())));
      return;
    }
    out.println(
        "Set %s: %d items of %d images%s"
            .formatted(
                name,
                items.count(),
                items.images(),
                created.getItemsKnown() == 0
                    ? ""
                    : ", of which " + created.getItemsKnown() + " items were there"));
  }
}
