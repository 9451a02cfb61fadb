package dev.synthorax.client.report;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One image of a dataset on the page, under the outlines of its masks. */
final class SampleFigure {
  private static final int SIDE = 320; // pixels; a page of 48 stays below 5 MB
  private static final List<Structure> HALVES = List.of(Structure.LEFT_LUNG, Structure.RIGHT_LUNG);

  private SampleFigure() {}

  /** Returns an image with its caption. */
  static String card(Sample sample) {
    return """
    <figure class="card">
    %s
    <figcaption><p class="prompt">%s</p><p class="meta">%s</p>%s</figcaption>
    </figure>
    """
        .formatted(
            picture(sample, "Chest radiograph"),
            Html.escape(words(sample.info())),
            Html.escape(sample.id()),
            legend(List.of(sample)));
  }

  /** Returns a real image and a generated one side by side, with one caption. */
  static String pair(Example example) {
    Sample real = example.real();
    Sample image = example.image();
    return """
    <figure class="pair">
    <div class="duo">
    %s
    %s
    <p class="label">%s</p>
    <p class="label">Generated</p>
    <div><p class="prompt">%s</p><p class="meta">%s</p></div>
    <div><p class="prompt">%s</p><p class="meta">%s</p></div>
    </div>
    <figcaption>%s</figcaption>
    </figure>
    """
        .formatted(
            real == null
                ? "<div class=\"well none\"><p>no real image left</p></div>"
                : picture(real, "Real chest radiograph"),
            picture(image, "Generated chest radiograph"),
            real == null ? "Real" : "Real: " + Html.escape(example.relation()),
            real == null ? "" : Html.escape(words(real.info())),
            real == null ? "" : Html.escape(real.id()),
            Html.escape(words(image.info())),
            Html.escape(meta(image.info())),
            legend(real == null ? List.of(image) : List.of(real, image)));
  }

  private static String meta(ImageInfo info) {
    Long seed = info.seed();
    return seed == null ? info.id() : info.id() + " · seed " + Long.toUnsignedString(seed);
  }

  private static String picture(Sample sample, String what) {
    GrayImage image = fitted(sample.image());
    StringBuilder shapes = new StringBuilder();
    outlined(sample)
        .forEach(
            (structure, mask) ->
                shapes
                    .append("<path class=\"")
                    .append(ImageFigure.color(structure.wireName()))
                    .append("\" d=\"")
                    .append(MaskOutline.path(mask.resize(image.width(), image.height())))
                    .append("\"/>"));
    return """
    <div class="well"><img alt="%s %s: %s" width="%d" height="%d" src="data:image/png;base64,%s"><svg class="outline" viewBox="0 0 %4$d %5$d" aria-hidden="true">%7$s</svg></div>"""
        .formatted(
            what,
            Html.escape(sample.id()),
            Html.escape(words(sample.info())),
            image.width(),
            image.height(),
            Base64.getEncoder().encodeToString(Png.encode(image)),
            shapes);
  }

  /** Returns the masks with something inside; halves of the lungs only where the lungs are not. */
  private static Map<Structure, BinaryMask> outlined(Sample sample) {
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    sample
        .masks()
        .forEach(
            (structure, mask) -> {
              boolean twice =
                  HALVES.contains(structure) && sample.masks().containsKey(Structure.LUNGS);
              if (mask.area() > 0 && !twice) {
                masks.put(structure, mask);
              }
            });
    return masks;
  }

  private static String legend(List<Sample> samples) {
    Set<Structure> structures = EnumSet.noneOf(Structure.class);
    samples.forEach(sample -> structures.addAll(outlined(sample).keySet()));
    if (structures.isEmpty()) {
      return "";
    }
    StringBuilder legend = new StringBuilder("<p class=\"legend\">");
    for (Structure structure : structures) {
      legend
          .append("<span class=\"")
          .append(ImageFigure.color(structure.wireName()))
          .append("\">")
          .append(structure.wireName().replace('_', ' '))
          .append("</span>");
    }
    return legend.append("</p>").toString();
  }

  private static GrayImage fitted(GrayImage image) {
    int longer = Math.max(image.width(), image.height());
    if (longer <= SIDE) {
      return image;
    }
    return image.resize(
        Math.max(1, image.width() * SIDE / longer), Math.max(1, image.height() * SIDE / longer));
  }

  private static String words(ImageInfo info) {
    if (!info.text().isBlank() && info.text().length() <= 120) {
      return info.text();
    }
    if (info.labels().isEmpty() && info.text().isBlank()) {
      return "no words";
    }
    if (!info.positives().isEmpty()) {
      return String.join(", ", info.positives()).replace('_', ' ');
    }
    return info.has(ImageInfo.NO_FINDING) ? "no finding" : "no positive label";
  }
}
