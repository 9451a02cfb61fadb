package dev.synthorax.client.cli.generation;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.generation.BestOf;
import dev.synthorax.client.generation.PlannedRequest;
import dev.synthorax.client.generation.RunFolder;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes images of one description. */
@Command(
    name = "generate",
    description = "Makes images from text, from masks, or from both.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax generate --prompt \"large pleural effusion\" --seed 7 --count 4 \\",
      "      --out effusions",
      "  synthorax generate --mask lungs=lungs.png --mask heart=heart.png \\",
      "      --prompt \"mild edema\"",
      "  synthorax generate --prompt \"large left effusion\" --best-of 4 \\",
      "      --proxy chest-classifier --shows pleural_effusion",
      "",
      "Images are written as they arrive: Ctrl-C, a server that is gone and a full",
      "disk leave what was finished, and the command says how to go on."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RequestOptions requestOptions;

  @ArgGroup(exclusive = false)
  private @Nullable ChoiceOptions choiceOptions;

  @Mixin private FolderOptions folderOptions;
  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    GenerationSpec request = requestOptions.toRequest();
    if (choiceOptions != null) {
      choiceOptions.check();
    }
    PrintWriter err = spec.commandLine().getErr();
    try (RunFolder folder = folderOptions.open("generate")) {
      List<String> ids =
          folder.freeNumbers(request.getCount()).stream().map(PlannedRequest::id).toList();
      PlannedRequest wanted = new PlannedRequest(ids, request);
      try (Connection connection = serverOptions.open(err, output.json())) {
        BestOf choice = choiceOptions == null ? null : choiceOptions.open(connection.client());
        Model model = connection.client().model(request.getModel(), "");
        int candidates = choice == null ? 1 : choice.candidates();
        new RunSession(connection, folder, spec.commandLine().getOut(), err, output.json())
            .run(
                title(request),
                model,
                choice == null ? RunPlan.of(List.of(wanted)) : plan(choice, wanted),
                missing ->
                    goOn(
                        missing.stream().map(ids::indexOf).toList(),
                        request.getSeed(),
                        candidates));
      }
    }
    return ExitCode.OK;
  }

  private static RunPlan plan(BestOf choice, PlannedRequest wanted) {
    try {
      return new RunPlan(choice.plan(wanted), choice::ask);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--proxy: " + e.getMessage());
    }
  }

  /** Returns the options that make the images of {@code missing} positions, run by run. */
  private String goOn(List<Integer> missing, long seed, int candidates) {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < missing.size(); ) {
      int length = 1;
      while (i + length < missing.size() && missing.get(i + length) == missing.get(i) + length) {
        length++;
      }
      long first = seed + (long) missing.get(i) * candidates;
      runs.add("--seed " + Long.toUnsignedString(first) + " --count " + length);
      i += length;
    }
    return folderOptions.goOnWith() + String.join(", then ", runs);
  }

  private static String title(GenerationSpec request) {
    return request.getPrompt().isBlank() ? "Images from masks" : request.getPrompt();
  }
}
