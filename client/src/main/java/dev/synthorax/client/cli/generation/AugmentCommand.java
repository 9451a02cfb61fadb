package dev.synthorax.client.cli.generation;

import dev.synthorax.client.RetryPolicy;
import dev.synthorax.client.augment.AugmentJob;
import dev.synthorax.client.augment.AugmentOutcome;
import dev.synthorax.client.augment.CheckReport;
import dev.synthorax.client.augment.SourceImages;
import dev.synthorax.client.augment.WorkFolder;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.PlanFile;
import dev.synthorax.client.augment.plan.SourceDataset;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.ServerOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.cli.terminal.Interruption;
import dev.synthorax.client.dataset.format.DatasetFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Builds augmented datasets by a plan; stopped anywhere, it goes on where it was. */
@Command(
    name = "augment",
    description =
        "Builds datasets of synthetic images by a plan. Stopped anywhere, the same command goes on"
            + " where it was and leaves the same bytes.",
    sortOptions = false,
    footer = {
      "",
      "Example, with this as plan.yaml:",
      "  synthorax augment plan.yaml --out augmented",
      "",
      "  seed: 7",
      "  source: {folder: train-data}",
      "  generation: {steps: 20, guidance-scale: 4}",
      "  arms:",
      "    - {name: single, kind: single-label, count: 200,",
      "       labels: [edema, cardiomegaly]}",
      "    - {name: moved, kind: transformed-mask, ratio: 0.5,",
      "       structures: [lungs, heart]}",
      "    - {name: baseline, kind: classical, ratio: 0.5, include-source: true}",
      "",
      "docs/augment.md has every key."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class AugmentCommand implements Callable<Integer> {
  /** Patience with servers that are restarted: about 40 seconds without any. */
  private static final RetryPolicy RETRY =
      new RetryPolicy(12, Duration.ofMillis(200), Duration.ofSeconds(5));

  private static final int MAX_CONCURRENCY = 1024;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PLAN.yaml", description = "What to make.")
  private Path planFile;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for the work and, at the end, for DIR/dataset.")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Format of the datasets, in place of the plan's.")
  private @Nullable String format;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Images under way at once; the result is the same for any. Default: ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--check",
      description =
          "Go through the plan without making anything: say what would be made, and all that would"
              + " stop it.")
  private boolean check;

  @Option(
      names = "--skip-missing",
      description = "Leave out images of the source whose files are not there, and count them.")
  private boolean skipMissing;

  @Mixin private ServerOptions serverOptions;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
      throw new UsageException(
          "--concurrency: " + concurrency + " (expected: 1 to " + MAX_CONCURRENCY + ")");
    }
    try {
      return run();
    } catch (PlanException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private int run() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    long startNanos = System.nanoTime();
    AugmentPlan plan = plan();
    SourceImages source = null;
    SourceDataset planned = plan.source();
    if (planned != null) {
      Path folder = planFile.toAbsolutePath().getParent();
      source = SourceImages.open(planned, folder == null ? Path.of("") : folder);
      if (!output.json()) {
        source.warnings().forEach(warning -> err.println("warning: " + warning));
      }
    }
    AugmentJob job = AugmentJob.of(plan, source);
    if (check) {
      return check(plan, job, err);
    }
    int images = job.size();
    try (WorkFolder folder = WorkFolder.open(out, job)) {
      if (folder.isFinished()) {
        AugmentAnswer.finishedBefore(folder, images)
            .tell(spec.commandLine().getOut(), output.json());
        return ExitCode.OK;
      }
      if (folder.isChanged() && !output.json()) {
        err.println(
            "The plan or its source has changed: images whose own description stayed are kept");
      }
      AugmentOutcome outcome;
      try (GenerationProgress progress = GenerationProgress.ofMany(err, output.json(), images);
          Interruption _ = Interruption.watch(() -> tellStopped(progress, images, err))) {
        if (plan.usesServer()) {
          try (Connection connection = serverOptions.open(err, output.json(), RETRY)) {
            outcome = job.run(folder, connection.client(), concurrency, progress);
          }
        } else {
          outcome = job.run(folder, null, concurrency, progress);
        }
      }
      Duration wallTime = Duration.ofNanos(System.nanoTime() - startNanos);
      AugmentAnswer.of(outcome, wallTime).tell(spec.commandLine().getOut(), output.json());
    }
    return ExitCode.OK;
  }

  private void tellStopped(GenerationProgress progress, int images, PrintWriter err) {
    progress.close();
    if (!output.json()) {
      err.println(progress.stopped(out, images));
      err.flush();
    }
  }

  private int check(AugmentPlan plan, AugmentJob job, PrintWriter err)
      throws IOException, InterruptedException {
    int threads = Runtime.getRuntime().availableProcessors();
    CheckReport report;
    try (GenerationProgress progress = GenerationProgress.ofMany(err, output.json(), 0)) {
      if (plan.usesServer()) {
        try (Connection connection = serverOptions.open(err, output.json(), RETRY)) {
          report = job.check(out, connection.client(), threads, progress);
        }
      } else {
        report = job.check(out, null, threads, progress);
      }
    }
    AugmentAnswer.of(report).tell(spec.commandLine().getOut(), output.json());
    return report.problems().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private AugmentPlan plan() throws IOException {
    AugmentPlan plan = PlanFile.read(planFile);
    try {
      if (format != null) {
        plan = plan.withFormat(DatasetFormat.ofWireName(format));
      }
      return skipMissing ? plan.withSkipMissing() : plan;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
  }
}
