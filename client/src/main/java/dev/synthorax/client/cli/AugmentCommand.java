package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.RetryPolicy;
import dev.synthorax.client.augment.AugmentJob;
import dev.synthorax.client.augment.AugmentOutcome;
import dev.synthorax.client.augment.SourceImages;
import dev.synthorax.client.augment.WorkFolder;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.PlanFile;
import dev.synthorax.client.augment.plan.SourceDataset;
import dev.synthorax.client.dataset.format.DatasetFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
final class AugmentCommand implements Callable<Integer> {
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
      if (!output.json) {
        source.warnings().forEach(warning -> err.println("warning: " + warning));
      }
    }
    AugmentJob job = AugmentJob.of(plan, source);
    try (WorkFolder folder = WorkFolder.open(out, job)) {
      if (folder.isFinished()) {
        tellFinished(folder, job);
        return SynthoraxCommand.OK;
      }
      AugmentOutcome outcome;
      try (AugmentProgress progress = AugmentProgress.open(err, output.json, job.size())) {
        if (plan.usesServer()) {
          try (Connection connection = serverOptions.open(err, output.json, RETRY)) {
            outcome = job.run(folder, connection.client(), concurrency, progress);
          }
        } else {
          outcome = job.run(folder, null, concurrency, progress);
        }
      }
      tell(outcome, job, Duration.ofNanos(System.nanoTime() - startNanos));
    }
    return SynthoraxCommand.OK;
  }

  private AugmentPlan plan() throws IOException {
    AugmentPlan plan = PlanFile.read(planFile);
    if (format == null) {
      return plan;
    }
    try {
      return plan.withFormat(DatasetFormat.ofWireName(format));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
  }

  private void tellFinished(WorkFolder folder, AugmentJob job) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (!output.json) {
      out.println(
          "Finished before: "
              + job.size()
              + " images are in "
              + folder.dataset()
              + "; nothing to do");
      return;
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("dataset", absolute(folder.dataset()));
    answer.put("finishedBefore", true);
    answer.put("made", job.size());
    out.println(new JsonMapper().writeValueAsString(answer));
  }

  private void tell(AugmentOutcome outcome, AugmentJob job, Duration wallTime) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json) {
      out.println(new JsonMapper().writeValueAsString(answer(outcome, job, wallTime)));
      return;
    }
    out.println(
        String.format(
            Locale.ROOT,
            "%d images in %.1f s%s; %d were there before, %d were rejected and made again",
            job.size(),
            wallTime.toMillis() / 1e3,
            outcome.model().isEmpty() ? "" : ", by " + outcome.model(),
            outcome.reused(),
            outcome.rejected()));
    for (AugmentOutcome.ArmOutcome arm : outcome.arms()) {
      out.println(
          "  "
              + outcome.dataset().resolve(arm.name())
              + "  "
              + arm.made()
              + (arm.source() == 0 ? "" : " and " + arm.source() + " of the source"));
    }
    out.println("  " + outcome.dataset().resolve("manifest.jsonl"));
  }

  private static Map<String, Object> answer(
      AugmentOutcome outcome, AugmentJob job, Duration wallTime) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("dataset", absolute(outcome.dataset()));
    answer.put("finishedBefore", false);
    answer.put("made", job.size());
    answer.put("reused", outcome.reused());
    answer.put("rejected", outcome.rejected());
    answer.put("model", outcome.model());
    answer.put("wallSeconds", wallTime.toMillis() / 1e3);
    List<Map<String, Object>> arms = new ArrayList<>();
    for (AugmentOutcome.ArmOutcome arm : outcome.arms()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", arm.name());
      one.put("made", arm.made());
      one.put("source", arm.source());
      arms.add(one);
    }
    answer.put("arms", arms);
    return answer;
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
