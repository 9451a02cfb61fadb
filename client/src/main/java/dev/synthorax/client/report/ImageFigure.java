package dev.synthorax.client.report;

import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.image.file.ImageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Collectors;

/** One image on the page: alone with its caption, or beside its masks and under their outlines. */
final class ImageFigure {
  private static final int MAX_SIDE = 8192;

  private final Path folder;
  private final ManifestEntry image;

  ImageFigure(Path folder, ManifestEntry image) {
    this.folder = folder;
    this.image = image;
  }

  /** Returns an image with its caption. */
  String card() {
    return """
    <figure class="card">
    <div class="well">%s</div>
    <figcaption>%s</figcaption>
    </figure>
    """
        .formatted(picture(), caption());
  }

  /** Returns masks, image, and the image with the outlines of the masks, side by side. */
  String strip() {
    String shapes = shapes();
    String box = "0 0 " + width() + " " + height();
    return """
    <figure class="strip">
    <div class="trio">
    <div class="well"><svg class="shapes" viewBox="%1$s" role="img" aria-label="Masks: %2$s">%3$s</svg></div>
    <div class="well">%4$s</div>
    <div class="well">%4$s<svg class="outline" viewBox="%1$s" aria-hidden="true">%3$s</svg></div>
    <p class="label">Mask</p><p class="label">Image</p><p class="label">Overlay</p>
    </div>
    <figcaption>%5$s<p class="legend">%6$s</p></figcaption>
    </figure>
    """
        .formatted(box, names(), shapes, picture(), caption(), legend());
  }

  private int width() {
    return image.settings().width();
  }

  private int height() {
    return image.settings().height();
  }

  private String picture() {
    byte[] png;
    try {
      png = ImageFile.readBytes(folder.resolve(image.image()), MAX_SIDE);
    } catch (IOException e) { // removed since: the rest of the page is still worth having
      return "<i>" + Html.escape(image.image()) + " cannot be read</i>";
    }
    String prompt = image.prompt();
    return "<img alt=\"Synthetic chest radiograph %s%s\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
        .formatted(
            Html.escape(image.id()),
            prompt.isBlank() ? "" : ": " + Html.escape(prompt),
            width(),
            height(),
            Base64.getEncoder().encodeToString(png));
  }

  private String caption() {
    StringBuilder caption = new StringBuilder();
    String prompt = image.prompt();
    String negative = image.negativePrompt();
    caption.append("<p class=\"prompt\">");
    caption.append(prompt.isBlank() ? "<i>no text</i>" : Html.escape(prompt)).append("</p>");
    if (!negative.isBlank()) {
      caption.append("<p class=\"not\">not: ").append(Html.escape(negative)).append("</p>");
    }
    caption
        .append("<p class=\"meta\">")
        .append(Html.escape(image.id()))
        .append(" · seed ")
        .append(image.seed())
        .append("</p>");
    return caption.toString();
  }

  private String shapes() {
    return image.structures().stream()
        .map(
            mask ->
                "<path class=\"%s\" d=\"%s\"/>".formatted(color(mask.structure()), outline(mask)))
        .collect(Collectors.joining());
  }

  private String outline(ManifestEntry.Mask mask) {
    String file = mask.mask();
    try {
      return file == null
          ? ""
          : MaskOutline.path(
              ImageFile.readMask(folder.resolve(file), MAX_SIDE).resize(width(), height()));
    } catch (
        IOException e) { // the server took it, so it is an image that only this reader cannot show
      return "";
    }
  }

  private String names() {
    return image.structures().stream()
        .map(mask -> Html.escape(mask.structure()))
        .collect(Collectors.joining(", "));
  }

  private String legend() {
    return image.structures().stream()
        .map(
            mask ->
                "<span class=\"%s\">%s</span>"
                    .formatted(color(mask.structure()), Html.escape(mask.structure())))
        .collect(Collectors.joining());
  }

  /** Returns a class of the style sheet; structures of other models share one colour. */
  static String color(String structure) {
    return switch (structure) {
      case "lungs", "heart", "pneumothorax", "rib_fracture", "chest_tube" ->
          "s-" + structure.replace('_', '-');
      default -> "s-other";
    };
  }
}
