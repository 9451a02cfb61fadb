package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import java.util.function.IntPredicate;

/**
 * Characters that make a terminal or a page show something else than what is written: controls of
 * Unicode (C0, DEL, C1, and with them every escape sequence), line and paragraph separators, and
 * those that turn the direction of text.
 *
 * <p>Text of servers, files and folders may hold them; they become visible, {@code \u001b}, at the
 * edge where it is shown.
 */
public final class ControlCharacters {
  private ControlCharacters() {}

  /** Returns whether {@code c}, a UTF-16 code unit, is one; tab and line feed are, too. */
  public static boolean isControl(int c) {
    return c < ' '
        || (c >= 0x7F && c < 0xA0)
        || c == 0x061C
        || (c >= 0x200E && c <= 0x200F)
        || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0xFEFF;
  }

  /** Returns {@code text} on one line, with every control visible. */
  public static String oneLine(String text) {
    return escape(text, c -> c == '\t');
  }

  /** Returns {@code text} with every control visible but for tabs and line feeds. */
  public static String escape(String text) {
    return escape(text, c -> c == '\t' || c == '\n');
  }

  private static String escape(String text, IntPredicate allowed) {
    requireNonNull(text, "text");
    if (text.chars().noneMatch(c -> isControl(c) && !allowed.test(c))) {
      return text;
    }
    StringBuilder visible = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c -> {
              if (isControl(c) && !allowed.test(c)) {
                visible.append(String.format("\\u%04x", c));
              } else {
                visible.append((char) c);
              }
            });
    return visible.toString();
  }
}
