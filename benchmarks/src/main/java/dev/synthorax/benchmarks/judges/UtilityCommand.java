package dev.synthorax.benchmarks.judges;

import dev.synthorax.benchmarks.judges.Generator.Told;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardWriter;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.phantom.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether a classifier learns from generated images what it learns from as many real ones. */
@Command(
    name = "utility",
    mixinStandardHelpOptions = true,
    description =
        "Compares a classifier that learned from generated images with one that learned from"
            + " phantoms.",
    footer = {"", "Example: benchmarks/utility.sh (which trains both)"})
public final class UtilityCommand implements Runnable {
  private static final int SHARD_SIZE = 512;
  private static final int AT_ONCE = 256;
  private static final int VALIDATION = 400;

  @Spec private @Nullable CommandSpec spec;

  /** Made by picocli. */
  public UtilityCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec, "spec").commandLine(),
        "draw or score? (expected: one of them)");
  }

  @Command(
      name = "draw",
      mixinStandardHelpOptions = true,
      description = "Draws an image for the prompt of each phantom, and writes sample shards.")
  @SuppressWarnings("UnusedMethod") // picocli calls it
  int draw(
      @Option(names = "--first-seed", required = true, description = "The first phantom.")
          long firstSeed,
      @Option(names = "--count", required = true, description = "Phantoms.") int count,
      @Option(names = "--model", defaultValue = "", description = "Model (default: the server's).")
          String model,
      @Option(names = "--server-option", description = "Handed to 'serve'.")
          @Nullable List<String> serverOptions,
      @Option(names = "--steps", description = "Denoising steps (default: the model's).")
          @Nullable Integer steps,
      @Option(names = "--out", required = true, description = "Folder of the shards.") Path out)
      throws IOException {
    ServerCommand command = ServerCommand.ofEnvironment(System.getenv());
    if (command == null) {
      throw new IllegalStateException(
          ServerCommand.VARIABLE + " is not set (run this through ./synthorax bench)");
    }
    List<String> options = serverOptions == null ? List.of() : serverOptions;
    try (ServerProcess server =
            ServerProcess.start(command, options, Duration.ofMinutes(3), line -> {});
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT);
        ShardWriter writer = ShardWriter.open(out, SHARD_SIZE)) {
      var served = client.model(model, "");
      int side = served.getDiffusion().getSizes(0).getWidth();
      var generator = new Generator(client, served.getName(), steps, null);
      for (int from = 0; from < count; from += AT_ONCE) {
        List<Sample> phantoms =
            TestPhantoms.of(firstSeed + from, Math.min(AT_ONCE, count - from), side);
        List<GrayImage> images = generator.draw(phantoms, Told.TEXT);
        for (int i = 0; i < images.size(); i++) {
          writer.add(new Sample(phantoms.get(i).info(), images.get(i), Map.of()));
        }
        System.out.printf("%d of %d images%n", from + images.size(), count);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "score",
      mixinStandardHelpOptions = true,
      description = "Macro F1 of both classifiers on phantoms that neither has seen.")
  @SuppressWarnings("UnusedMethod") // picocli calls it
  int score(
      @Option(names = "--real", required = true, description = "Folder of the classifier.")
          Path real,
      @Option(names = "--generated", required = true, description = "Folder of the classifier.")
          Path generated,
      @Option(
              names = "--first-seed",
              defaultValue = "2800000",
              description = "First test phantom (default: ${DEFAULT-VALUE}).")
          long firstSeed,
      @Option(
              names = "--count",
              defaultValue = "600",
              description = "Test phantoms (default: ${DEFAULT-VALUE}).")
          int count)
      throws IOException {
    List<Double> macro = new ArrayList<>();
    for (Path folder : List.of(real, generated)) {
      try (Reader classifier = Reader.open(folder)) {
        int side = classifier.side();
        List<Sample> validation = TestPhantoms.of(Site.A.first(Split.VALIDATION), VALIDATION, side);
        List<Sample> test = TestPhantoms.of(firstSeed, count, side);
        List<Reader.Reading> readings = classifier.read(LikenessJudge.images(test));
        Verdict verdict =
            new LabelJudge(classifier)
                .judge(
                    validation,
                    classifier.read(LikenessJudge.images(validation)),
                    test,
                    readings,
                    readings);
        macro.add(verdict.figures().getOrDefault("label_f1", Double.NaN));
      }
    }
    var verdict =
        new Verdict.Builder(
            "F1 on %d phantoms from seed %d of classifiers".formatted(count, firstSeed),
            "learned from",
            "macro F1");
    verdict.row("phantoms", Verdict.number(macro.getFirst()));
    verdict.row("as many generated images", Verdict.number(macro.getLast()));
    verdict.row("ratio", Verdict.number(macro.getLast() / macro.getFirst()));
    System.out.print(verdict.build().toMarkdown());
    return CommandLine.ExitCode.OK;
  }
}
