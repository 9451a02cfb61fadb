package dev.synthorax.client.cli;

import dev.synthorax.client.augment.PlannedRequest;
import dev.synthorax.client.augment.RunFolder;
import dev.synthorax.proto.v1.GenerateRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
      "      --prompt \"mild edema\""
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RequestOptions requestOptions;
  @Mixin private FolderOptions folderOptions;
  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    GenerateRequest request = requestOptions.toRequest();
    PrintWriter err = spec.commandLine().getErr();
    requestOptions.warnings().forEach(warning -> err.println("warning: " + warning));
    RunFolder folder = folderOptions.open("synthorax-generate");
    List<String> ids =
        IntStream.rangeClosed(1, request.getCount()).mapToObj(PlannedRequest::id).toList();
    try (Connection connection = serverOptions.open(err, output.json)) {
      new RunSession(connection.client(), folder, spec.commandLine().getOut(), err, output.json)
          .run(title(request), List.of(new PlannedRequest(ids, request)));
    }
    return SynthoraxCommand.OK;
  }

  private static String title(GenerateRequest request) {
    return request.getPrompt().isBlank() ? "Images from masks" : request.getPrompt();
  }
}
