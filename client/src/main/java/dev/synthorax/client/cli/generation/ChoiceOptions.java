package dev.synthorax.client.cli.generation;

import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.generation.BestOf;
import dev.synthorax.client.generation.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Among how many candidates an image is chosen, and by what. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ChoiceOptions {
  @Option(
      names = "--best-of",
      paramLabel = "N",
      required = true,
      description =
          "Draws N candidates for each image, "
              + BestOf.MIN
              + " to "
              + BestOf.MAX
              + ", and keeps the best by --proxy.")
  private int candidates;

  @Option(
      names = "--proxy",
      paramLabel = "MODEL",
      required = true,
      description =
          "Model of the server that reads the candidates: a classifier compares findings with"
              + " --shows and --shows-not, a segmenter structures with --mask.")
  private String proxy;

  @Option(
      names = "--shows",
      paramLabel = "FINDING",
      description = "Finding that images are to show, such as edema. Repeat for more.")
  private List<String> shown = new ArrayList<>();

  @Option(
      names = "--shows-not",
      paramLabel = "FINDING",
      description = "Finding that they are not to show. Repeat for more.")
  private List<String> absent = new ArrayList<>();

  /** Checks what can be checked without a server. */
  void check() {
    if (candidates < BestOf.MIN || candidates > BestOf.MAX) {
      throw new UsageException(
          "--best-of: %d (expected: %d to %d)".formatted(candidates, BestOf.MIN, BestOf.MAX));
    }
    for (String finding : absent) {
      if (shown.contains(finding)) {
        throw new UsageException("--shows-not: " + finding + " (expected: not what --shows names)");
      }
    }
  }

  /** Returns what chooses. */
  BestOf open(SynthoraxClient client) {
    Map<String, Boolean> findings = new LinkedHashMap<>();
    shown.forEach(finding -> findings.put(finding, true));
    absent.forEach(finding -> findings.put(finding, false));
    try {
      return new BestOf(candidates, Proxy.of(client.reading(), client.model(proxy, ""), findings));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--proxy: " + e.getMessage());
    }
  }
}
