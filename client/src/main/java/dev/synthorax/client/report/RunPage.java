package dev.synthorax.client.report;

import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.generation.Mode;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The page of a run: what was made, from text, from masks and from both, how, and how long it took.
 */
final class RunPage {
  private final RunReport report;
  private final Appendable out; // borrowed

  RunPage(RunReport report, Appendable out) {
    this.report = report;
    this.out = out;
  }

  void write() throws IOException {
    out.append(PageShell.start(report.title()));
    header();
    section(Mode.T2I, "From text", "Each image was drawn from its caption and a seed.");
    section(
        Mode.M2I,
        "From masks",
        "No words: the model was shown where structures lie, and filled in the film.");
    section(Mode.TM2I, "From text and masks", "The mask says where, the caption says what.");
    section(Mode.FREE, "From a seed alone", "Neither words nor masks.");
    facts();
    out.append(new TimingTable(report).html());
    out.append(
        PageShell.end(
            "Every image can be made again from its line in <code>manifest.jsonl</code>."));
  }

  private void header() throws IOException {
    int count = report.entries().size();
    int added = report.timings().size();
    out.append(
        """
        <header>
        <p class="brand">Synthorax</p>
        <h1>%s</h1>
        <p class="lead">%d synthetic chest %s by <strong>%s</strong>; the last %s in %s.</p>
        <p class="notice">Synthetic: no image shows a person, and none is fit for diagnosis.</p>
        </header>
        """
            .formatted(
                Html.escape(report.title()),
                count,
                count == 1 ? "radiograph" : "radiographs",
                Html.escape(names()),
                added == count ? "run" : added + " added",
                TimingTable.seconds(report.wallTime().toNanos())));
  }

  private String names() {
    return report.entries().stream()
        .map(ManifestEntry::model)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private void section(Mode mode, String heading, String lead) throws IOException {
    List<ManifestEntry> images =
        report.entries().stream().filter(image -> image.mode() == mode).toList();
    if (images.isEmpty()) {
      return;
    }
    boolean masked = mode == Mode.M2I || mode == Mode.TM2I;
    out.append(
        """
        <section>
        <div class="heading"><h2>%s</h2><p>%s</p></div>
        <div class="%s">
        """
            .formatted(heading, lead, masked ? "strips" : "grid"));
    for (ManifestEntry image : images) {
      ImageFigure figure = new ImageFigure(report.folder(), image);
      out.append(masked ? figure.strip() : figure.card());
    }
    out.append("</div>\n</section>\n");
  }

  private void facts() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("Steps", distinct(used -> Integer.toString(used.steps())));
    settings.put("Guidance scale", distinct(used -> Float.toString(used.guidanceScale())));
    settings.put("Noise scheduler", distinct(ManifestEntry.Settings::noiseScheduler));
    settings.put("Image size", distinct(used -> size(used.width(), used.height())));
    Model model = report.model();
    Map<String, String> about = new LinkedHashMap<>();
    about.put("Name", model.getName());
    about.put("Version", model.getVersion());
    if (!model.getDescription().isBlank()) {
      about.put("What it is", model.getDescription());
    }
    if (model.hasDiffusion()) {
      DiffusionModel diffusion = model.getDiffusion();
      about.put("Parameters", String.format(Locale.ROOT, "%,d", diffusion.getParameters()));
      about.put("Structures", String.join(", ", diffusion.getStructuresList()));
      about.put(
          "Sizes",
          diffusion.getSizesList().stream()
              .map((ImageSize size) -> size(size.getWidth(), size.getHeight()))
              .collect(Collectors.joining(", ")));
      about.put("Backend", diffusion.getBackend());
    }
    out.append("<section class=\"facts\">\n");
    list("Settings", settings);
    list("Model", about);
    out.append("</section>\n");
  }

  private String distinct(Function<ManifestEntry.Settings, String> property) {
    return report.entries().stream()
        .map(image -> property.apply(image.settings()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String size(int width, int height) {
    return width + " × " + height + " px";
  }

  private void list(String heading, Map<String, String> entries) throws IOException {
    out.append("<div><h2>").append(heading).append("</h2>\n<dl>\n");
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      String value = entry.getValue().isBlank() ? "none" : entry.getValue();
      out.append("<dt>")
          .append(Html.escape(entry.getKey()))
          .append("</dt><dd>")
          .append(Html.escape(value))
          .append("</dd>\n");
    }
    out.append("</dl></div>\n");
  }
}
