package dev.synthorax.client.report;

import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.util.Base64;
import java.util.List;

/** One image of a dataset on the page, under the outlines of its masks. */
final class SampleFigure {
  private static final int SIDE = 320; // pixels; a page of 48 stays below 5 MB
  private static final List<Structure> HALVES = List.of(Structure.LEFT_LUNG, Structure.RIGHT_LUNG);

  private SampleFigure() {}

  static String card(Sample sample) {
    GrayImage image = fitted(sample.image());
    String box = "0 0 " + image.width() + " " + image.height();
    StringBuilder shapes = new StringBuilder();
    StringBuilder legend = new StringBuilder();
    sample
        .masks()
        .forEach(
            (structure, mask) -> {
              boolean twice =
                  HALVES.contains(structure) && sample.masks().containsKey(Structure.LUNGS);
              if (mask.area() == 0 || twice) {
                return;
              }
              String color = ImageFigure.color(structure.wireName());
              shapes
                  .append("<path class=\"")
                  .append(color)
                  .append("\" d=\"")
                  .append(MaskOutline.path(mask.resize(image.width(), image.height())))
                  .append("\"/>");
              legend
                  .append("<span class=\"")
                  .append(color)
                  .append("\">")
                  .append(structure.wireName().replace('_', ' '))
                  .append("</span>");
            });
    return """
    <figure class="card">
    <div class="well"><img alt="Chest radiograph %1$s: %2$s" width="%3$d" height="%4$d" src="data:image/png;base64,%5$s"><svg class="outline" viewBox="%6$s" aria-hidden="true">%7$s</svg></div>
    <figcaption><p class="prompt">%2$s</p><p class="meta">%1$s</p><p class="legend">%8$s</p></figcaption>
    </figure>
    """
        .formatted(
            Html.escape(sample.id()),
            Html.escape(words(sample.info())),
            image.width(),
            image.height(),
            Base64.getEncoder().encodeToString(Png.encode(image)),
            box,
            shapes,
            legend);
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
    if (!info.positives().isEmpty()) {
      return String.join(", ", info.positives()).replace('_', ' ');
    }
    return info.has(ImageInfo.NO_FINDING) ? "no finding" : "no positive label";
  }
}
