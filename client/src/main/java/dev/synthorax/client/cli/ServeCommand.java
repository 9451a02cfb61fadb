package dev.synthorax.client.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Stands in the list of commands: the launcher gives {@code serve} to the server's own main, which
 * knows its options.
 */
@Command(
    name = "serve",
    description =
        "Serves models over gRPC until it is ended; 'synthorax serve --help' lists its options.",
    footer = {"", "Example:", "  synthorax serve --port 8001 --models my-models"})
final class ServeCommand implements Callable<Integer> {
  @Unmatched
  @SuppressWarnings(
      "UnusedVariable") // the server's options are none of ours: picocli drops them here
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    throw new UsageException("serve runs in the server (expected: a start through ./synthorax)");
  }
}
