package dev.synthorax.server.pictures;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.png.MaskPixels;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of an image's two values is inside: the brighter one or, where both have one colour, the
 * more opaque one; a single value unless it is black or wholly transparent. The rule is that of
 * {@code StructureMask.png}.
 *
 * @param inside the value of the pixels inside, as {@link MaskPixels} gives it; null: none is
 */
record MaskRule(@Nullable Long inside) {
  private static final int NAMED = 4;
  private static final int COUNTED = 256;
  private static final Comparator<Long> DARKER_FIRST =
      Comparator.<Long>comparingLong(MaskRule::brightness).thenComparingInt(MaskPixels::alpha);

  /**
   * Looks at every pixel.
   *
   * @throws InferenceException {@code INVALID_ARGUMENT}, naming the values, if they do not tell
   *     inside from outside
   */
  static MaskRule of(MaskPixels pixels) {
    long[] row = new long[pixels.width()];
    pixels.row(0, row);
    long first = row[0];
    long second = first;
    for (int y = 0; y < pixels.height(); y++) {
      pixels.row(y, row);
      for (long value : row) {
        if (value != first && value != second) {
          if (second != first) {
            throw refused(tooMany(pixels));
          }
          second = value;
        }
      }
    }
    if (first == second) {
      return new MaskRule(brightness(first) > 0 && MaskPixels.alpha(first) > 0 ? first : null);
    }
    return new MaskRule(
        DARKER_FIRST.compare(first, second) < 0
            ? brighter(first, second, pixels)
            : brighter(second, first, pixels));
  }

  private static long brighter(long darker, long brighter, MaskPixels pixels) {
    boolean oneColour = darker >>> Short.SIZE == brighter >>> Short.SIZE;
    boolean hidden = !oneColour && MaskPixels.alpha(brighter) == 0;
    if (hidden || (!oneColour && brightness(darker) == brightness(brighter))) {
      throw refused(
          "values %s and %s (expected: %s)"
              .formatted(
                  text(darker, pixels.hasOpacity()),
                  text(brighter, pixels.hasOpacity()),
                  hidden ? "the brighter one, inside, to be opaque" : "one brighter, inside"));
    }
    return brighter;
  }

  /** Brightness by Rec. 601, in thousandths of a sample. */
  private static long brightness(long value) {
    return 299L * MaskPixels.red(value)
        + 587L * MaskPixels.green(value)
        + 114L * MaskPixels.blue(value);
  }

  private static String tooMany(MaskPixels pixels) {
    Set<Long> values = new LinkedHashSet<>();
    long[] row = new long[pixels.width()];
    for (int y = 0; y < pixels.height() && values.size() <= COUNTED; y++) {
      pixels.row(y, row);
      for (int x = 0; x < row.length && values.size() <= COUNTED; x++) {
        values.add(row[x]);
      }
    }
    String named =
        values.stream()
            .sorted(DARKER_FIRST)
            .limit(NAMED)
            .map(value -> text(value, pixels.hasOpacity()))
            .collect(Collectors.joining(", "));
    String count = values.size() > COUNTED ? "more than " + COUNTED : String.valueOf(values.size());
    return count
        + " values: "
        + (values.size() > COUNTED ? "among them " : "")
        + named
        + (values.size() > NAMED ? ", ..." : "")
        + " (expected: a mask of two values, the brighter inside)";
  }

  private static String text(long value, boolean withOpacity) {
    int red = MaskPixels.red(value);
    int green = MaskPixels.green(value);
    int blue = MaskPixels.blue(value);
    String colour =
        red == green && green == blue
            ? String.valueOf(red)
            : "(" + red + ", " + green + ", " + blue + ")";
    return withOpacity ? colour + " of opacity " + MaskPixels.alpha(value) : colour;
  }

  private static InferenceException refused(String what) {
    return new InferenceException(ErrorReason.INVALID_ARGUMENT, what);
  }
}
