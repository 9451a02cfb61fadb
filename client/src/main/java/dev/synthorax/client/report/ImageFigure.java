package dev.synthorax.client.report;

import dev.synthorax.client.augment.MadeImage;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.util.Base64;
import java.util.stream.Collectors;

/** One image on the page: alone with its caption, or beside its masks and under their outlines. */
final class ImageFigure {
  private static final int MAX_MASK_SIDE = 4096;

  private ImageFigure() {}

  /** Returns an image with its caption. */
  static String card(MadeImage image) {
    return """
    <figure class="card">
    <div class="well">%s</div>
    <figcaption>%s</figcaption>
    </figure>
    """
        .formatted(picture(image), caption(image));
  }

  /** Returns masks, image, and the image with the outlines of the masks, side by side. */
  static String strip(MadeImage image) {
    String shapes = shapes(image);
    String box = "0 0 " + image.width() + " " + image.height();
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
        .formatted(box, names(image), shapes, picture(image), caption(image), legend(image));
  }

  private static String picture(MadeImage image) {
    String prompt = image.request().getPrompt();
    return "<img alt=\"Synthetic chest radiograph %s%s\" width=\"%d\" height=\"%d\" src=\"data:image/png;base64,%s\">"
        .formatted(
            Html.escape(image.id()),
            prompt.isBlank() ? "" : ": " + Html.escape(prompt),
            image.width(),
            image.height(),
            Base64.getEncoder().encodeToString(image.png().toByteArray()));
  }

  private static String caption(MadeImage image) {
    StringBuilder caption = new StringBuilder();
    String prompt = image.request().getPrompt();
    String negative = image.request().getNegativePrompt();
    caption.append("<p class=\"prompt\">");
    caption.append(prompt.isBlank() ? "<i>no text</i>" : Html.escape(prompt)).append("</p>");
    if (!negative.isBlank()) {
      caption.append("<p class=\"not\">not: ").append(Html.escape(negative)).append("</p>");
    }
    caption
        .append("<p class=\"meta\">")
        .append(Html.escape(image.id()))
        .append(" · seed ")
        .append(Long.toUnsignedString(image.seed()))
        .append("</p>");
    return caption.toString();
  }

  private static String shapes(MadeImage image) {
    return image.request().getMasksList().stream()
        .map(
            mask ->
                "<path class=\"%s\" d=\"%s\"/>"
                    .formatted(color(mask.getStructure()), outline(mask, image)))
        .collect(Collectors.joining());
  }

  private static String outline(StructureMask mask, MadeImage image) {
    try {
      BinaryMask decoded = MaskImage.decode(mask.getPng().toByteArray(), MAX_MASK_SIDE);
      return MaskOutline.path(decoded.resize(image.width(), image.height()));
    } catch (
        IOException e) { // the server took it, so it is an image that only this reader cannot show
      return "";
    }
  }

  private static String names(MadeImage image) {
    return image.request().getMasksList().stream()
        .map(mask -> Html.escape(mask.getStructure()))
        .collect(Collectors.joining(", "));
  }

  private static String legend(MadeImage image) {
    return image.request().getMasksList().stream()
        .map(
            mask ->
                "<span class=\"%s\">%s</span>"
                    .formatted(color(mask.getStructure()), Html.escape(mask.getStructure())))
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
