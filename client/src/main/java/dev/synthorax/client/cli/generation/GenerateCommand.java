package dev.synthorax.client.cli.generation;

import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.generation.PlannedRequest;
import dev.synthorax.client.generation.RunFolder;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
      "",
      "Images are written as they arrive: Ctrl-C, a server that is gone and a full",
      "disk leave what was finished, and the command says how to go on."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RequestOptions requestOptions;
  @Mixin private FolderOptions folderOptions;
  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    GenerationSpec request = requestOptions.toRequest();
    PrintWriter err = spec.commandLine().getErr();
    try (RunFolder folder = folderOptions.open("generate")) {
      List<String> ids =
          folder.freeNumbers(request.getCount()).stream().map(PlannedRequest::id).toList();
      try (Connection connection = serverOptions.open(err, output.json())) {
        Model model = connection.client().model(request.getModel(), "");
        new RunSession(connection, folder, spec.commandLine().getOut(), err, output.json())
            .run(
                title(request),
                model,
                List.of(new PlannedRequest(ids, request)),
                missing -> goOn(missing.stream().map(ids::indexOf).toList(), request.getSeed()));
      }
    }
    return ExitCode.OK;
  }

  /** Returns the options that make the images of {@code missing} positions, run by run. */
  private String goOn(List<Integer> missing, long seed) {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < missing.size(); ) {
      int length = 1;
      while (i + length < missing.size() && missing.get(i + length) == missing.get(i) + length) {
        length++;
      }
      runs.add("--seed " + Long.toUnsignedString(seed + missing.get(i)) + " --count " + length);
      i += length;
    }
    return folderOptions.goOnWith() + String.join(", then ", runs);
  }

  private static String title(GenerationSpec request) {
    return request.getPrompt().isBlank() ? "Images from masks" : request.getPrompt();
  }
}
