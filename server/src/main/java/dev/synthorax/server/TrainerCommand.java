package dev.synthorax.server;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.training.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "Recipes: cxr-mini (a whole diffusion pipeline), segmenter, classifier. The",
      "first run writes the recipe's numbers and the networks' configurations into the",
      "work folder; edit them there before the next. OMP_NUM_THREADS sets the threads.",
      "",
      "Example:",
      "  synthorax trainer cxr-mini --shards .work/shards --work .work/cxr-mini \\",
      "    --out trained"
    })
final class TrainerCommand implements Callable<Integer> {
  private static final long GRACE_SECONDS = 60; // for one step and a checkpoint

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RECIPE", description = "cxr-mini, segmenter or classifier.")
  private String recipe = "";

  @Option(
      names = "--shards",
      required = true,
      paramLabel = "DIR",
      description = "Sample shards, as 'synthorax phantom --format shards' writes them.")
  private Path shards = Path.of("");

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
      description = "Where the finished model goes, in the layout of the model repository.")
  private Path out = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads to compute with; at most the free cores (default: the processors of this"
              + " machine).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException {
    var stop = new AtomicBoolean();
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> halt(stop, ended)));
    try {
      var training = new Training(shards, work, threads, stop::get, this::tell);
      boolean finished = training.run(recipe, out);
      spec.commandLine()
          .getOut()
          .println(
              finished
                  ? recipe + ": finished, in " + out
                  : recipe + ": stopped; run the same command again to go on");
      return finished ? 0 : 1;
    } catch (InferenceException | IllegalArgumentException | IllegalStateException e) {
      Main.printError(spec, e.getMessage());
      return e instanceof IllegalArgumentException ? 2 : 1;
    } finally {
      ended.countDown();
    }
  }

  private void tell(String stage, long step, long steps, double loss, double samplesPerSecond) {
    spec.commandLine()
        .getErr()
        .println(
            String.format(
                Locale.ROOT,
                "%tT %s %d/%d loss %.5f %.1f samples/s",
                System.currentTimeMillis(),
                stage,
                step,
                steps,
                loss,
                samplesPerSecond));
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
