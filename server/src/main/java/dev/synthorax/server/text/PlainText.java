package dev.synthorax.server.text;

import java.util.regex.Pattern;

/**
 * Text from elsewhere, made fit to be printed: what would move a terminal's cursor, change its
 * colours, start another line or turn the direction of writing is shown instead of done.
 */
public final class PlainText {
  /** Controls, line and paragraph separators, directional marks, halves of a character. */
  private static final Pattern ACTIVE =
      Pattern.compile(
          "[\\p{Cc}\\u2028\\u2029\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\p{Cs}]");

  private PlainText() {}

  /** One line that says the same; {@code \n}, {@code \t} and the like stand for themselves. */
  public static String line(String text) {
    return ACTIVE.matcher(text).replaceAll(match -> "\\\\" + escape(match.group().charAt(0)));
  }

  /** Whether {@link #line} would change it. */
  public static boolean isPlain(String text) {
    return !ACTIVE.matcher(text).find();
  }

  private static String escape(char active) {
    return switch (active) {
      case '\n' -> "n";
      case '\r' -> "r";
      case '\t' -> "t";
      default -> "u%04x".formatted((int) active);
    };
  }
}
