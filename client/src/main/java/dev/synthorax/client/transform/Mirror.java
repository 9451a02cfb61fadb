package dev.synthorax.client.transform;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.ImageInfo;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the words about an image become in its mirror: left and right change places, and with them
 * the two lobes that only one side has.
 */
public final class Mirror {
  private static final Pattern SIDED =
      Pattern.compile(
          "\\b(right middle lobe|right middle|middle lobe|lingular|lingula|left|right)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Map<String, String> OTHER =
      Map.of(
          "right middle lobe", "lingular",
          "right middle", "lingular",
          "middle lobe", "lingula",
          "lingular", "right middle lobe",
          "lingula", "middle lobe",
          "left", "right",
          "right", "left");

  private Mirror() {}

  /** Returns what {@code text} says of the mirror image. */
  public static String words(String text) {
    return SIDED
        .matcher(text)
        .replaceAll(found -> OTHER.getOrDefault(found.group().toLowerCase(Locale.ROOT), ""));
  }

  /** Returns the facts of the mirror image: its text, and attributes that name a side or a lobe. */
  static ImageInfo info(ImageInfo info) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    info.attributes()
        .forEach(
            (name, value) ->
                attributes.put(
                    name,
                    value instanceof String words
                            && (name.endsWith("_side") || name.endsWith("_lobe"))
                        ? words(words)
                        : value));
    return info.toBuilder().text(words(info.text())).attributes(attributes).build();
  }

  /** Returns the rectangle around a box after a plane map, cut to the image; null: none is left. */
  static @Nullable Box box(Box box, Affine.Matrix matrix, int width, int height) {
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int corner = 0; corner < 4; corner++) {
      double[] at =
          matrix.forward(
              box.x() + (corner & 1) * box.width(), box.y() + (corner >> 1) * box.height());
      left = Math.min(left, at[0]);
      right = Math.max(right, at[0]);
      top = Math.min(top, at[1]);
      bottom = Math.max(bottom, at[1]);
    }
    left = Math.max(0, left);
    top = Math.max(0, top);
    right = Math.min(width, right);
    bottom = Math.min(height, bottom);
    return right > left && bottom > top
        ? new Box(box.label(), left, top, right - left, bottom - top)
        : null;
  }
}
