package dev.synthorax.client.cli.generation;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.augment.AugmentOutcome;
import dev.synthorax.client.augment.CheckReport;
import dev.synthorax.client.augment.WorkFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code augment} says in the end.
 *
 * @param lines for people
 * @param json for machines
 */
record AugmentAnswer(List<String> lines, Map<String, Object> json) {
  private static final int MAX_TOLD = 10; // images that were left out

  static AugmentAnswer finishedBefore(WorkFolder folder, int images) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dataset", absolute(folder.dataset()));
    json.put("finishedBefore", true);
    json.put("made", images);
    return new AugmentAnswer(
        List.of(
            "Finished before: "
                + images
                + " images are in "
                + folder.dataset()
                + "; nothing to do"),
        json);
  }

  static AugmentAnswer of(AugmentOutcome outcome, Duration wallTime) {
    AugmentOutcome.Counts counts = outcome.counts();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dataset", absolute(outcome.dataset()));
    json.put("finishedBefore", false);
    json.put("made", counts.made());
    json.put("reused", counts.reused());
    json.put("redone", counts.redone());
    json.put("removed", counts.removed());
    json.put("rejected", counts.rejected());
    json.put("model", outcome.model());
    json.put("wallSeconds", wallTime.toMillis() / 1e3);
    Path earlier = outcome.earlier();
    if (earlier != null) {
      json.put("earlierDataset", absolute(earlier));
    }
    json.put("arms", outcome.arms());
    json.put("skipped", outcome.skipped());

    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d images in %.1f s%s; %d were there before, %d were rejected and made again",
            counts.made(),
            wallTime.toMillis() / 1e3,
            outcome.model().isEmpty() ? "" : ", by " + outcome.model(),
            counts.reused(),
            counts.rejected()));
    if (counts.redone() + counts.removed() > 0 || earlier != null) {
      lines.add(
          "  of the plan before: "
              + counts.reused()
              + " kept, "
              + counts.redone()
              + " made anew, "
              + counts.removed()
              + " no longer in the plan"
              + (earlier == null ? "" : "; its dataset is in " + earlier));
    }
    for (AugmentOutcome.ArmOutcome arm : outcome.arms()) {
      lines.add(
          "  "
              + outcome.dataset().resolve(arm.name())
              + "  "
              + arm.made()
              + (arm.source() == 0 ? "" : " and " + arm.source() + " of the source"));
    }
    lines.add("  " + outcome.dataset().resolve("manifest.jsonl"));
    skipped(outcome, lines);
    return new AugmentAnswer(lines, json);
  }

  private static void skipped(AugmentOutcome outcome, List<String> lines) {
    List<AugmentOutcome.Skipped> skipped = outcome.skipped();
    if (skipped.isEmpty()) {
      return;
    }
    lines.add(
        skipped.size()
            + (skipped.size() == 1 ? " image was" : " images were")
            + " left out, listed in "
            + outcome.dataset().resolve("skipped.jsonl"));
    skipped.stream().limit(MAX_TOLD).forEach(one -> lines.add("  " + one.reason()));
  }

  static AugmentAnswer of(CheckReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", report.problems().isEmpty());
    json.put("model", report.model());
    json.put("requests", report.requests());
    json.put("bytesAtWork", report.bytesAtWork());
    json.put("bytesAtEnd", report.bytesAtEnd());
    json.put("bytesFree", report.bytesFree());
    json.put("redrawn", report.redrawn());
    json.put("arms", report.arms());
    json.put("problems", report.problems());
    json.put("warnings", report.warnings());

    List<String> lines = new ArrayList<>();
    int images = report.arms().stream().mapToInt(CheckReport.ArmCheck::images).sum();
    lines.add(
        images
            + " images, "
            + report.requests()
            + " of them by "
            + (report.model().isEmpty() ? "a server" : report.model()));
    for (CheckReport.ArmCheck arm : report.arms()) {
      lines.add(
          "  "
              + arm.name()
              + "  "
              + arm.images()
              + " "
              + arm.kind()
              + (arm.source() == 0 ? "" : " and " + arm.source() + " of the source")
              + (arm.skipped() == 0 ? "" : "; " + arm.skipped() + " cannot be made"));
    }
    lines.add("room: " + report.room());
    lines.add("transforms drawn again: " + report.redrawn());
    report.warnings().forEach(warning -> lines.add("warning: " + warning));
    report.problems().forEach(problem -> lines.add("problem: " + problem));
    int found = report.problems().size();
    lines.add(
        found == 0
            ? "Nothing stands in the way"
            : found + (found == 1 ? " problem stands" : " problems stand") + " in the way");
    return new AugmentAnswer(lines, json);
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  /** Writes it, as lines or as one JSON object. */
  void tell(PrintWriter out, boolean asJson) throws IOException {
    if (asJson) {
      out.println(new JsonMapper().writeValueAsString(json));
    } else {
      lines.forEach(out::println);
    }
  }
}
