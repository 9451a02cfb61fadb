package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.augment.GenerationRun;
import dev.synthorax.client.augment.MadeImage;
import dev.synthorax.client.augment.ManifestEntry;
import dev.synthorax.client.augment.PlannedRequest;
import dev.synthorax.client.augment.RunFolder;
import dev.synthorax.client.report.RunReport;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What demo and generate share: make the images, write the folder, tell where it is. */
final class RunSession {
  private static final int MAX_CONCURRENT = 8;

  private final SynthoraxClient client; // borrowed
  private final RunFolder folder;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  RunSession(
      SynthoraxClient client, RunFolder folder, PrintWriter out, PrintWriter err, boolean json) {
    this.client = client;
    this.folder = folder;
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /** Runs a plan to its end. */
  void run(String title, List<PlannedRequest> plan) throws IOException {
    int count = plan.stream().mapToInt(request -> request.ids().size()).sum();
    long startNanos = System.nanoTime();
    List<MadeImage> images;
    try (ProgressView view = ProgressView.open(err, json, count)) {
      images = GenerationRun.execute(client, plan, MAX_CONCURRENT, view);
    }
    Duration wallTime = Duration.ofNanos(System.nanoTime() - startNanos);
    EffectiveSettings used = images.getFirst().settings();
    Model model = client.model(used.getModel(), used.getModelVersion());
    List<ManifestEntry> entries = folder.write(images);
    folder.writeReport(new RunReport(title, images, model, wallTime).toHtml());
    if (json) {
      tellMachines(entries, wallTime);
    } else {
      tellPeople(entries, wallTime);
    }
  }

  private void tellPeople(List<ManifestEntry> entries, Duration wallTime) {
    boolean masks = entries.stream().anyMatch(entry -> !entry.structures().isEmpty());
    out.println(
        String.format(
            Locale.ROOT,
            "%d %s in %.1f s, by %s %s",
            entries.size(),
            entries.size() == 1 ? "image" : "images",
            wallTime.toMillis() / 1e3,
            entries.getFirst().model(),
            ModelsCommand.shortVersion(entries.getFirst().modelVersion())));
    out.println("  images    " + folder.resolve("images"));
    if (masks) {
      out.println("  masks     " + folder.resolve("masks"));
    }
    out.println("  manifest  " + folder.manifest());
    out.println("  report    " + folder.report());
    out.println("Open " + folder.report().toAbsolutePath().normalize().toUri());
  }

  private void tellMachines(List<ManifestEntry> entries, Duration wallTime) throws IOException {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("folder", absolute(folder.resolve("")));
    answer.put("manifest", absolute(folder.manifest()));
    answer.put("report", absolute(folder.report()));
    answer.put("wallSeconds", wallTime.toMillis() / 1e3);
    answer.put("images", entries);
    out.println(new JsonMapper().writeValueAsString(answer));
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
