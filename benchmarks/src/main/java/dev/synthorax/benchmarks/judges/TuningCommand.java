package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerProcess;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardWriter;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.stats.Alternative;
import dev.synthorax.client.stats.Differences;
import dev.synthorax.client.stats.PairedTTest;
import dev.synthorax.client.stats.TestResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A case in which tuning has to win: a generator that learned from wrong prompts and masks. */
@Command(
    name = "tuning",
    mixinStandardHelpOptions = true,
    description = "Weakens, rates and compares generators, to see whether tuning helps.",
    footer = {"", "Example: benchmarks/tuning.sh (which trains and tunes them)"})
public final class TuningCommand implements Runnable {
  private static final int SHARD_SIZE = 512;
  private static final double CONFIDENCE = 0.95;

  @Spec private @Nullable CommandSpec spec;

  /** Made by picocli. */
  public TuningCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec, "spec").commandLine(),
        "weaken, rate or compare? (expected: one of them)");
  }

  @Command(
      name = "weaken",
      mixinStandardHelpOptions = true,
      description =
          "Writes shards of phantoms, six in ten of them with prompt, labels and masks of another.")
  @SuppressWarnings("UnusedMethod") // picocli calls it
  int weaken(
      @Option(names = "--first-seed", required = true, description = "The first phantom.")
          long firstSeed,
      @Option(names = "--count", required = true, description = "Phantoms.") int count,
      @Option(names = "--side", required = true, description = "Pixels a side.") int side,
      @Option(names = "--out", required = true, description = "Folder of the shards.") Path out)
      throws IOException {
    List<Sample> phantoms = TestPhantoms.of(firstSeed, count, side);
    List<Sample> wrong = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i % 5 < 3) {
        wrong.add(phantoms.get(i));
      }
    }
    try (ShardWriter writer = ShardWriter.open(out, SHARD_SIZE)) {
      int taken = 0;
      for (int i = 0; i < count; i++) {
        Sample said = phantoms.get(i);
        if (i % 5 < 3) {
          taken++;
          said = wrong.get(taken % wrong.size());
        }
        writer.add(new Sample(said.info(), phantoms.get(i).image(), said.masks()));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  /** What drawing and rating need. */
  static final class Raters {
    @Option(names = "--models", required = true, description = "Folder of the generators' folders.")
    @Nullable Path models;

    @Option(names = "--classifier", required = true, description = "The rater's classifier.")
    @Nullable Path classifier;

    @Option(names = "--segmenter", required = true, description = "The rater's segmenter.")
    @Nullable Path segmenter;

    @Option(names = "--first-seed", required = true, description = "The first phantom.")
    long firstSeed;

    @Option(names = "--count", required = true, description = "Phantoms.")
    int count;

    private static Path there(@Nullable Path option) {
      return java.util.Objects.requireNonNull(option, "a required option");
    }
  }

  /** What is done with a server and a rater. */
  private interface Work {
    void run(SynthoraxClient client, PhantomRater rater) throws IOException;
  }

  private static void with(Raters raters, Work work) throws IOException {
    ServerCommand command = ServerCommand.ofEnvironment(System.getenv());
    if (command == null) {
      throw new IllegalStateException(
          ServerCommand.VARIABLE + " is not set (run this through ./synthorax bench)");
    }
    List<String> options = List.of("--models", Raters.there(raters.models).toString());
    try (Reader classifier = Reader.open(Raters.there(raters.classifier));
        Reader segmenter = Reader.open(Raters.there(raters.segmenter));
        ServerProcess server =
            ServerProcess.start(command, options, Duration.ofMinutes(3), line -> {});
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      work.run(client, new PhantomRater(classifier, segmenter));
    }
  }

  private static Generator generator(SynthoraxClient client, String model) {
    return new Generator(client, model, null, null);
  }

  private static int side(SynthoraxClient client, String model) {
    return client.model(model, "").getDiffusion().getSizes(0).getWidth();
  }

  @Command(
      name = "rate",
      mixinStandardHelpOptions = true,
      description = "Draws images for phantoms, four for each, and writes shards of rated pairs.")
  @SuppressWarnings("UnusedMethod") // picocli calls it
  int rate(
      @CommandLine.Mixin Raters raters,
      @Option(names = "--model", required = true, description = "Name of the generator.")
          String model,
      @Option(names = "--out", required = true, description = "Folder of the shards.") Path out)
      throws IOException {
    int each = 4;
    with(
        raters,
        (client, rater) -> {
          List<Sample> asked = new ArrayList<>();
          for (Sample phantom :
              TestPhantoms.of(raters.firstSeed, raters.count, side(client, model))) {
            for (int k = 0; k < each; k++) {
              var info = phantom.info().toBuilder();
              info.id(phantom.id() + "-" + k);
              info.seed(each * java.util.Objects.requireNonNull(phantom.info().seed()) + k);
              info.attribute("item", phantom.id());
              asked.add(phantom.withInfo(info.build()));
            }
          }
          List<GrayImage> images = generator(client, model).draw(asked, Generator.Told.BOTH);
          List<PhantomRater.Rating> ratings = rater.rate(asked, images);
          try (ShardWriter writer = ShardWriter.open(out, SHARD_SIZE)) {
            for (int i = 0; i < images.size(); i++) {
              var info = asked.get(i).info().toBuilder();
              info.attribute("text_score", ratings.get(i).textScore());
              info.attribute("mask_score", ratings.get(i).maskScore());
              writer.add(new Sample(info.build(), images.get(i), asked.get(i).masks()));
            }
          }
        });
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "compare",
      mixinStandardHelpOptions = true,
      description = "Label consistency and preference of tuned generators beside their base.")
  @SuppressWarnings("UnusedMethod") // picocli calls it
  int compare(
      @CommandLine.Mixin Raters raters,
      @Option(names = "--base", required = true, description = "Name of the base.") String base,
      @Option(
              names = "--tuned",
              required = true,
              arity = "1..*",
              description = "Names of the tuned ones, one for each seed of the tuning.")
          List<String> tuned)
      throws IOException {
    with(
        raters,
        (client, rater) -> {
          List<Sample> phantoms =
              TestPhantoms.of(raters.firstSeed, raters.count, side(client, base));
          List<PhantomRater.Rating> before = ratings(client, base, rater, phantoms);
          var table =
              new Verdict.Builder(
                  "Tuned generators beside %s, %d phantoms from seed %d"
                      .formatted(base, raters.count, raters.firstSeed),
                  "generator",
                  "label consistency",
                  "Dice",
                  "preferred to the base");
          table.row(base, Verdict.number(text(before)), Verdict.number(mask(before)), "");
          double[] consistency = new double[tuned.size()];
          double[] preference = new double[tuned.size()];
          for (int k = 0; k < tuned.size(); k++) {
            List<PhantomRater.Rating> after = ratings(client, tuned.get(k), rater, phantoms);
            consistency[k] = text(after) - text(before);
            preference[k] = preferred(before, after) - 0.5;
            table.row(
                tuned.get(k),
                Verdict.number(text(after)),
                Verdict.number(mask(after)),
                Verdict.number(preferred(before, after)));
          }
          System.out.print(table.build().toMarkdown());
          say("label consistency above the base's", consistency);
          say("preferred to the base above one half", preference);
        });
    return CommandLine.ExitCode.OK;
  }

  private static void say(String what, double[] differences) {
    TestResult test = PairedTTest.of(Differences.of(differences), Alternative.GREATER, CONFIDENCE);
    System.out.printf(
        "%s: %.4f, one-tailed P %s over %d seeds%n",
        what,
        test.estimate(),
        test.pValue() == null ? "none" : "%.4f".formatted(test.pValue()),
        differences.length);
  }

  private static List<PhantomRater.Rating> ratings(
      SynthoraxClient client, String model, PhantomRater rater, List<Sample> phantoms)
      throws IOException {
    return rater.rate(phantoms, generator(client, model).draw(phantoms, Generator.Told.BOTH));
  }

  private static double text(List<PhantomRater.Rating> ratings) {
    return ratings.stream().mapToDouble(PhantomRater.Rating::text).average().orElseThrow();
  }

  private static double mask(List<PhantomRater.Rating> ratings) {
    return ratings.stream().mapToDouble(PhantomRater.Rating::mask).average().orElseThrow();
  }

  /** Share of the images that the rater likes better; a half where it cannot tell. */
  static double preferred(List<PhantomRater.Rating> before, List<PhantomRater.Rating> after) {
    double sum = 0;
    for (int i = 0; i < before.size(); i++) {
      sum += (1 + Integer.signum(after.get(i).sum() - before.get(i).sum())) / 2.0;
    }
    return sum / before.size();
  }
}
