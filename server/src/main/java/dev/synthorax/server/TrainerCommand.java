package dev.synthorax.server;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.training.Recipes;
import dev.synthorax.training.Training;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Trains a network from sample shards, in a process of its own. */
@Command(
    name = "trainer",
    description =
        "Trains a network from sample shards. Run again, it goes on where it was stopped, exactly.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    sortOptions = false,
    footer = {
      "",
      "The first run writes the recipe's settings and the networks' configurations into",
      "the work folder. To change them, edit them there, delete the folder 'run' in it",
      "and run again.",
      "",
      "Example:",
      "  synthorax trainer cxr-mini --shards .work/shards --work .work/cxr-mini \\",
      "    --out trained"
    })
final class TrainerCommand implements Callable<Integer> {
  private static final long GRACE_SECONDS = 60; // for one step and a checkpoint
  private static final String WRITE_SHARDS =
      "'synthorax phantom --format shards' writes a folder for --shards";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "RECIPE",
      description = "One of: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Described.class)
  private String recipe = "";

  @Option(
      names = "--shards",
      required = true,
      paramLabel = "DIR[:WEIGHT]",
      converter = SourceOption.class,
      description =
          "Sample shards, as 'synthorax phantom --format shards' writes them. May be given several"
              + " times; WEIGHT says how often the samples of one folder are drawn beside those of"
              + " the others (default: 1).")
  private List<SampleSource> shards = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "ROLE=DIR",
      description =
          "A model to start or to learn from, such as base=models/cxr-mini. May be given several"
              + " times.")
  private Map<String, Path> models = new LinkedHashMap<>();

  @Option(
      names = "--work",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoints and everything between; made if missing, resumed if not.")
  private Path work = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Where the finished model goes, in the layout of the model repository: a new or empty"
              + " folder, or one of an earlier training, which is replaced.")
  private Path out = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads to compute with; at most the free cores (default: the processors of this"
              + " machine).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print every event as a line of JSON.")
  private boolean json;

  @Option(
      names = "--parent",
      description = "Stop, with a checkpoint, when standard input closes: for a parent process.")
  private boolean parent;

  /** Reads {@code DIR} or {@code DIR:WEIGHT}. */
  static final class SourceOption implements ITypeConverter<SampleSource> {
    /** Made by picocli. */
    SourceOption() {}

    @Override
    public SampleSource convert(String text) {
      int colon = text.lastIndexOf(':');
      String weight = text.substring(colon + 1);
      if (colon < 0 || weight.contains("/") || weight.contains("\\")) {
        return SampleSource.of(Path.of(text));
      }
      try {
        return new SampleSource(Path.of(text.substring(0, colon)), Double.parseDouble(weight));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'%s' is no weight (expected: a positive number, as in %s:2)"
                .formatted(weight, text.substring(0, colon)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** What the help says of each recipe. */
  static final class Described implements Iterable<String> {
    /** Made by picocli. */
    Described() {}

    @Override
    public Iterator<String> iterator() {
      return Recipes.summaries().entrySet().stream()
          .map(recipe -> "%s (%s)".formatted(recipe.getKey(), recipe.getValue()))
          .iterator();
    }
  }

  @Override
  public Integer call() {
    var stop = new AtomicBoolean();
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> halt(stop, ended)));
    if (parent) {
      Thread.ofPlatform().daemon().name("parent-watch").start(() -> watchParent(stop));
    }
    PrintWriter people = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    try {
      boolean finished =
          new Training(shards, models, work, threads, stop::get, this::tell).run(recipe, out);
      people.println(
          finished
              ? recipe + ": finished, in " + out
              : recipe + ": stopped; run the same command again to go on");
      return finished ? 0 : 1;
    } catch (InferenceException e) {
      boolean samples = e.reason() == ErrorReason.INVALID_ARGUMENT;
      return failed(e.getMessage() + (samples ? "; " + WRITE_SHARDS : ""), 1);
    } catch (IllegalArgumentException e) {
      return failed(e.getMessage(), 2);
    } catch (IllegalStateException e) {
      return failed(e.getMessage(), 1);
    } catch (IOException | UncheckedIOException e) {
      return failed(
          "%s: %s (expected: files that can be read, and room to write in %s; what is done is kept, run the same command again to go on)"
              .formatted(e.getClass().getSimpleName(), e.getMessage(), work),
          1);
    } finally {
      ended.countDown();
    }
  }

  private static void watchParent(AtomicBoolean stop) {
    try {
      while (System.in.read() >= 0) {
        // a parent closes the stream, or dies; it writes nothing
      }
    } catch (IOException e) {
      // a broken pipe is a parent that has gone
    }
    stop.set(true);
  }

  private int failed(@Nullable String message, int exitCode) {
    if (json) {
      tell(new TrainingEvent.Failed(String.valueOf(message)));
    }
    Main.printError(spec, message);
    return exitCode;
  }

  private void tell(TrainingEvent event) {
    if (json) {
      spec.commandLine().getOut().println(event.toJson());
    } else {
      String line = inWords(event);
      if (!line.isEmpty()) {
        spec.commandLine().getErr().println("%tT %s".formatted(System.currentTimeMillis(), line));
      }
    }
  }

  /** One line of an event, or nothing where people need none. */
  static String inWords(TrainingEvent event) {
    return switch (event) {
      case TrainingEvent.Resumed(String stage, long step, long steps, String movedFrom) ->
          "%s goes on at %d/%d%s"
              .formatted(
                  stage,
                  step,
                  steps,
                  movedFrom == null
                      ? ""
                      : "; begun on something else, so that the last bits may differ: "
                          + movedFrom);
      case TrainingEvent.Progress(String stage, long step, long steps, Double loss, double rate) ->
          String.format(
              Locale.ROOT,
              "%s %d/%d%s %.1f samples/s",
              stage,
              step,
              steps,
              loss == null ? "" : String.format(Locale.ROOT, " loss %.5f", loss),
              rate);
      case TrainingEvent.Metrics(String stage, long step, SequencedMap<String, Double> values) ->
          "%s %d: %s"
              .formatted(
                  stage,
                  step,
                  values.entrySet().stream()
                      .map(v -> String.format(Locale.ROOT, "%s %.4g", v.getKey(), v.getValue()))
                      .collect(Collectors.joining(", ")));
      case TrainingEvent.StageFinished(String stage) -> stage + " finished";
      case TrainingEvent.Started _,
          TrainingEvent.StageStarted _,
          TrainingEvent.Checkpointed _,
          TrainingEvent.Pictures _,
          TrainingEvent.Published _,
          TrainingEvent.Stopped _,
          TrainingEvent.Failed _ ->
          "";
    };
  }

  private static void halt(AtomicBoolean stop, CountDownLatch ended) {
    stop.set(true);
    try {
      ended.await(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
