package dev.synthorax.client.report;

import dev.synthorax.client.NoiseSchedulerName;
import dev.synthorax.client.augment.MadeImage;
import dev.synthorax.client.augment.Mode;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.Model;
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
  private final StringBuilder out = new StringBuilder(1 << 16);

  RunPage(RunReport report) {
    this.report = report;
  }

  String html() {
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
    out.append(new TimingTable(report.images(), report.wallTime()).html());
    out.append(
        PageShell.end(
            "Every image can be made again from its line in <code>manifest.jsonl</code>."));
    return out.toString();
  }

  private void header() {
    int count = report.images().size();
    out.append(
        """
        <header>
        <p class="brand">Synthorax</p>
        <h1>%s</h1>
        <p class="lead">%d synthetic chest %s by <strong>%s</strong>, in %s.</p>
        <p class="notice">Synthetic: no image shows a person, and none is fit for diagnosis.</p>
        </header>
        """
            .formatted(
                Html.escape(report.title()),
                count,
                count == 1 ? "radiograph" : "radiographs",
                Html.escape(report.model().getName()),
                TimingTable.seconds(report.wallTime().toNanos())));
  }

  private void section(Mode mode, String heading, String lead) {
    List<MadeImage> images =
        report.images().stream().filter(image -> image.mode() == mode).toList();
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
    images.forEach(
        image -> out.append(masked ? ImageFigure.strip(image) : ImageFigure.card(image)));
    out.append("</div>\n</section>\n");
  }

  private void facts() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("Steps", distinct(used -> Integer.toString(used.getNumInferenceSteps())));
    settings.put("Guidance scale", distinct(used -> Float.toString(used.getGuidanceScale())));
    settings.put(
        "Noise scheduler", distinct(used -> NoiseSchedulerName.of(used.getNoiseScheduler())));
    settings.put(
        "Image size",
        report.images().stream()
            .map(image -> size(image.width(), image.height()))
            .distinct()
            .collect(Collectors.joining(", ")));
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

  private String distinct(Function<EffectiveSettings, String> property) {
    return report.images().stream()
        .map(image -> property.apply(image.settings()))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String size(int width, int height) {
    return width + " × " + height + " px";
  }

  private void list(String heading, Map<String, String> entries) {
    out.append("<div><h2>").append(heading).append("</h2>\n<dl>\n");
    entries.forEach(
        (name, value) ->
            out.append("<dt>")
                .append(Html.escape(name))
                .append("</dt><dd>")
                .append(Html.escape(value.isBlank() ? "none" : value))
                .append("</dd>\n"));
    out.append("</dl></div>\n");
  }
}
