package dev.synthorax.client.report;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.proto.v1.ImageTimings;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the page of a folder of runs tells.
 *
 * @param title heading of the page
 * @param entries the images, in the order they are shown; at least one
 * @param folder where their files are; read as the page is written
 * @param model the model of the last run
 * @param wallTime of the last run, from the first request to the last image
 * @param timings where the time of the last run's images went, by id
 */
public record RunReport(
    String title,
    List<ManifestEntry> entries,
    Path folder,
    Model model,
    Duration wallTime,
    Map<String, ImageTimings> timings) {
  /** Copies the entries and timings. */
  public RunReport {
    requireNonNull(title, "title");
    requireNonNull(folder, "folder");
    requireNonNull(model, "model");
    requireNonNull(wallTime, "wallTime");
    entries = List.copyOf(entries);
    timings = Map.copyOf(timings);
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries: none (expected: at least one)");
    }
  }

  /** Writes the whole page: one HTML file that needs no other. */
  public void writeTo(Appendable out) throws IOException {
    new RunPage(this, out).write();
  }
}
