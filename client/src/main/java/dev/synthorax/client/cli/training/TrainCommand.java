package dev.synthorax.client.cli.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.TrainingClient;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.cli.terminal.Interruption;
import dev.synthorax.client.training.RecipeException;
import dev.synthorax.client.training.RecipeFile;
import dev.synthorax.client.training.TrainingJob;
import dev.synthorax.client.training.TrainingRecipe;
import dev.synthorax.proto.v1.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a model on a server, as a recipe file says. */
@Command(
    name = "train",
    description =
        "Trains a model on a server as a recipe says, and leaves it served. Stopped anywhere, the"
            + " same command goes on.",
    sortOptions = false,
    subcommands = {
      TrainListCommand.class,
      TrainWatchCommand.class,
      TrainCancelCommand.class,
      TrainPromoteCommand.class
    },
    footer = {
      "",
      "Example, with this as chest.yaml:",
      "  synthorax train chest.yaml",
      "",
      "  model: chest-64",
      "  recipe: classifier",
      "  datasets:",
      "    - phantom: {count: 2000, size: 64}",
      "    - {folder: films, split: train, size: 64, weight: 2}",
      "  settings: {steps: 600}",
      "",
      "docs/training.md has every recipe and every key."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "RECIPE.yaml", description = "What to train.")
  private @Nullable Path file;

  @Option(
      names = "--dry-run",
      description = "Read the recipe and its datasets, say what would be trained, and end.")
  private boolean dryRun;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "Folder for the sheets of sample pictures that the training makes.")
  private @Nullable Path pictures;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path recipeFile = file;
    if (recipeFile == null) {
      throw new UsageException(
          "no recipe (expected: RECIPE.yaml, or one of list, watch, cancel, promote)");
    }
    TrainingRecipe recipe;
    try {
      recipe = RecipeFile.read(recipeFile);
    } catch (RecipeException e) {
      return tell(e);
    }
    return run(recipe);
  }

  private int tell(RecipeException e) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    if (options.json()) {
      err.println(
          new JsonMapper()
              .writeValueAsString(
                  Map.of(
                      "error",
                      Map.of(
                          "code",
                          "INVALID_ARGUMENT",
                          "message",
                          String.valueOf(e.getMessage()),
                          "problems",
                          e.problems()))));
    } else {
      e.problems().forEach(problem -> err.println("error: " + problem));
    }
    return ExitCode.BAD_USAGE;
  }

  private int run(TrainingRecipe recipe) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (TrainView view = new TrainView(err, options.json(), pictures)) {
      TrainingJob job = TrainingJob.of(recipe, Runtime.getRuntime().availableProcessors(), view);
      if (dryRun) {
        view.endBar();
        TrainAnswer.planned(job, options.json(), out);
        return ExitCode.OK;
      }
      try (Connection connection = options.open(err)) {
        Training ended = train(job, connection, view, err);
        view.endBar();
        TrainAnswer.ended(ended, connection.client(), options.again(), options.json(), out);
      }
    }
    return ExitCode.OK;
  }

  private Training train(TrainingJob job, Connection connection, TrainView view, PrintWriter err)
      throws IOException, InterruptedException {
    TrainingClient training = TrainingOptions.training(connection);
    boolean own = connection.ownsServer();
    try (Interruption stop = Interruption.watch(() -> stopped(job, own, training, view, err))) {
      try {
        var _ = job.start(training, view);
        Training ended = training.watch(job.name(), view);
        stop.awaitEnd(false);
        return ended;
      } catch (SynthoraxException e) {
        stop.awaitEnd(own); // the signal that stops this command may have stopped its server first
        throw e;
      }
    }
  }

  private void stopped(
      TrainingJob job, boolean own, TrainingClient training, TrainView view, PrintWriter err) {
    String left = own ? TrainStop.ofOwnServer(job, training) : TrainStop.ofOther(job, options);
    view.endBar();
    if (!options.json()) {
      err.println(left);
      err.flush();
    }
  }
}
