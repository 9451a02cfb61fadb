package dev.synthorax.client.cli.review;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.proto.v1.ReaderProgress;
import dev.synthorax.proto.v1.ReviewSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists sets and how far their readers are. */
@Command(
    name = "list",
    description = "Lists a server's sets and how far their readers are.",
    sortOptions = false,
    footer = {"", "Example:", "  synthorax review list --server localhost:8001"})
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class ReviewListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<ReviewSet> sets;
    try (Connection connection = serverOptions.open(spec.commandLine().getErr(), output.json())) {
      sets = ReviewCommand.client(connection).list();
    }
    if (output.json()) {
      out.println(
          new JsonMapper()
              .writeValueAsString(sets.stream().map(ReviewListCommand::facts).toList()));
      return ExitCode.OK;
    }
    if (sets.isEmpty()) {
      out.println("No sets.");
    }
    for (ReviewSet set : sets) {
      out.println(
          "%s  %d items, %d images%s"
              .formatted(
                  set.getReviewSet(),
                  set.getItems(),
                  set.getImages(),
                  set.getWhole() ? "" : " (not whole: create it again to go on)"));
      for (ReaderProgress reader : set.getReadersList()) {
        out.println(
            "  %s: %d of %d items"
                .formatted(reader.getReader(), reader.getItemsRated(), set.getItems()));
      }
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> facts(ReviewSet set) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("set", set.getReviewSet());
    facts.put("items", set.getItems());
    facts.put("images", set.getImages());
    facts.put("whole", set.getWhole());
    facts.put("readersPerItem", set.getReadersPerItem());
    facts.put("models", List.copyOf(set.getModelsList()));
    Map<String, Integer> readers = new LinkedHashMap<>();
    set.getReadersList().forEach(reader -> readers.put(reader.getReader(), reader.getItemsRated()));
    facts.put("itemsRated", readers);
    return facts;
  }
}
