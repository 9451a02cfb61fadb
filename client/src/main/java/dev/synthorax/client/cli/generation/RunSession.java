package dev.synthorax.client.cli.generation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.cli.option.Connection;
import dev.synthorax.client.cli.terminal.Interruption;
import dev.synthorax.client.generation.Choice;
import dev.synthorax.client.generation.GenerationEngine;
import dev.synthorax.client.generation.GenerationListener;
import dev.synthorax.client.generation.MadeImage;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.generation.RunFolder;
import dev.synthorax.client.report.RunReport;
import dev.synthorax.proto.v1.ImageTimings;
import dev.synthorax.proto.v1.Model;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What demo and generate share: make the images, keep each as it arrives, tell where they are, or
 * what was kept when it ends early.
 */
final class RunSession {
  private static final int MAX_CONCURRENT = 8;

  private final Connection connection; // borrowed
  private final RunFolder folder; // borrowed
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private final Set<String> warnings = Collections.synchronizedSet(new LinkedHashSet<>());
  private final Map<String, ImageTimings> timings = Collections.synchronizedMap(new TreeMap<>());

  /** Says with which options the images that are missing are made. */
  @FunctionalInterface
  interface GoOn {
    /** Returns words that end a sentence: {@code with --count 3}. */
    String words(List<String> missing);
  }

  RunSession(
      Connection connection, RunFolder folder, PrintWriter out, PrintWriter err, boolean json) {
    this.connection = connection;
    this.folder = folder;
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /** Runs a plan to its end. */
  void run(String title, Model model, RunPlan plan, GoOn goOn)
      throws IOException, InterruptedException {
    List<String> ids = plan.ids();
    Set<String> before =
        folder.entries().stream().map(ManifestEntry::imageSha256).collect(Collectors.toSet());
    tellFolder(before.size(), ids.getFirst());
    folder.warnings().forEach(this::warn);
    model.getWarningsList().forEach(this::warn);
    long startNanos = System.nanoTime();
    try (GenerationProgress view = GenerationProgress.ofEach(err, json, ids.size())) {
      make(plan, ids, view, goOn);
    }
    Duration wallTime = Duration.ofNanos(System.nanoTime() - startNanos);
    folder.finish(
        page ->
            new RunReport(title, folder.entries(), folder.resolve(""), model, wallTime, timings)
                .writeTo(page));
    List<ManifestEntry> all = folder.entries();
    List<ManifestEntry> added =
        all.stream().filter(entry -> timings.containsKey(entry.id())).toList();
    long again = added.stream().filter(entry -> before.contains(entry.imageSha256())).count();
    if (again > 0) {
      warn(again + " of the images were here already: same request, same seed");
    }
    if (json) {
      tellMachines(added, all.size(), wallTime);
    } else {
      tellPeople(added, all.size(), wallTime);
    }
  }

  private void make(RunPlan plan, List<String> ids, GenerationProgress view, GoOn goOn)
      throws IOException, InterruptedException {
    try (Interruption interruption =
        Interruption.watch(
            () -> {
              folder.close(); // waits for the image that is being written
              view.close();
              tellKept("Stopped", ids, goOn);
            })) {
      try {
        GenerationEngine engine =
            new GenerationEngine(connection.client(), ids.size(), new Listener(view));
        engine.run(
            plan.requests().size(),
            MAX_CONCURRENT,
            i -> plan.way().ask(engine, plan.requests().get(i), (image, _) -> keep(image, engine)));
      } catch (IOException | RuntimeException e) {
        boolean gone =
            e instanceof SynthoraxException failure && failure.code() == Status.Code.UNAVAILABLE;
        interruption.awaitEnd(gone); // Ctrl-C reaches the server, too
        view.close();
        if (kept(ids) > 0) { // else the error says all
          tellKept("Failed", ids, goOn);
        }
        throw e;
      }
    }
  }

  private void keep(MadeImage image, GenerationEngine engine) throws IOException {
    ManifestEntry _ = folder.add(image);
    timings.put(image.id(), image.timings());
    engine.made(
        image.id(),
        String.format(Locale.ROOT, "%-4s  %s", image.mode(), image.request().getPrompt()),
        false);
  }

  private void warn(String warning) {
    if (warnings.add(warning) && !json) {
      err.println("warning: " + warning);
    }
  }

  /** Passes on what happens; warnings also to machines. */
  private final class Listener implements GenerationListener {
    private final GenerationProgress view;

    private Listener(GenerationProgress view) {
      this.view = view;
    }

    @Override
    public void steps(int stepsDone, int stepsTotal) {
      view.steps(stepsDone, stepsTotal);
    }

    @Override
    public void made(String id, String what, int done, int total, boolean reused) {
      view.made(id, what, done, total, reused);
    }

    @Override
    public void warned(String warning) {
      if (warnings.add(warning)) {
        view.warned(warning);
      }
    }
  }

  private void tellFolder(int before, String firstId) {
    if (json) {
      return;
    }
    if (folder.replaced() > 0) {
      err.println(
          "Replacing " + images(folder.replaced()) + " of an earlier run in " + folder.resolve(""));
    } else if (before > 0) {
      err.println(
          "Adding to "
              + images(before)
              + " in "
              + folder.resolve("")
              + ", from "
              + firstId
              + " on");
    }
  }

  private void tellKept(String how, List<String> ids, GoOn goOn) {
    if (json) {
      return;
    }
    List<String> missing = missing(ids);
    int kept = ids.size() - missing.size();
    String what =
        kept == 0
            ? "; no image was finished"
            : "; kept " + kept + " of " + images(ids.size()) + " in " + folder.resolve("");
    err.println(
        how + what + (kept == 0 || missing.isEmpty() ? "" : "; go on " + goOn.words(missing)));
    err.flush();
  }

  private List<String> missing(List<String> ids) {
    Set<String> there =
        folder.entries().stream().map(ManifestEntry::id).collect(Collectors.toSet());
    return ids.stream().filter(id -> !there.contains(id)).toList();
  }

  private int kept(List<String> ids) {
    return ids.size() - missing(ids).size();
  }

  private static String images(int count) {
    return count == 1 ? "1 image" : count + " images";
  }

  private void tellPeople(List<ManifestEntry> added, int all, Duration wallTime) {
    boolean masks = added.stream().anyMatch(entry -> !entry.structures().isEmpty());
    double seconds = wallTime.toMillis() / 1e3;
    out.println(
        String.format(
            Locale.ROOT,
            "%s in %.1f s (%.1f s each), by %s %s",
            images(added.size()),
            seconds,
            seconds / added.size(),
            added.getFirst().model(),
            ModelsCommand.shortVersion(added.getFirst().modelVersion())));
    tellChoice(added);
    out.println("  images    " + folder.resolve("images"));
    if (masks) {
      out.println("  masks     " + folder.resolve("masks"));
    }
    out.println(
        "  manifest  "
            + folder.manifest()
            + (all == added.size() ? "" : " (" + images(all) + " in all)"));
    out.println("  report    " + folder.report());
    out.println("Open " + folder.report().toAbsolutePath().normalize().toUri());
  }

  /** How much better the images are than what was drawn for them. */
  private void tellChoice(List<ManifestEntry> added) {
    List<Choice> choices =
        added.stream().map(ManifestEntry::choice).filter(Objects::nonNull).toList();
    if (choices.isEmpty()) {
      return;
    }
    Choice first = choices.getFirst();
    out.println(
        String.format(
            Locale.ROOT,
            "  chosen    best of %d by %s %s, mean loss %.3f (of all candidates %.3f)",
            first.candidates().size(),
            first.proxy(),
            ModelsCommand.shortVersion(first.proxyVersion()),
            choices.stream()
                .mapToDouble(choice -> choice.candidates().getFirst().loss())
                .average()
                .orElseThrow(),
            choices.stream()
                .flatMap(choice -> choice.candidates().stream())
                .mapToDouble(Choice.Candidate::loss)
                .average()
                .orElseThrow()));
  }

  private void tellMachines(List<ManifestEntry> added, int all, Duration wallTime)
      throws IOException {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("folder", absolute(folder.resolve("")));
    answer.put("manifest", absolute(folder.manifest()));
    answer.put("report", absolute(folder.report()));
    answer.put("serverStartSeconds", connection.startTime().toMillis() / 1e3);
    answer.put("wallSeconds", wallTime.toMillis() / 1e3);
    answer.put("warnings", List.copyOf(warnings));
    answer.put("imagesInFolder", all);
    answer.put("images", added);
    out.println(new JsonMapper().writeValueAsString(answer));
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
