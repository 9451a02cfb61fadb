package dev.synthorax.client.report;

import dev.synthorax.client.ControlCharacters;

/** Text made safe for HTML. */
final class Html {
  private Html() {}

  /**
   * Returns {@code text} for use in elements and in quoted attributes; control characters become
   * U+FFFD.
   */
  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                case '\n', '\t' -> safe.appendCodePoint(c);
                default -> safe.appendCodePoint(ControlCharacters.isControl(c) ? 0xFFFD : c);
              }
            });
    return safe.toString();
  }
}
