package dev.synthorax.client.report;

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
                default -> safe.appendCodePoint(isControl(c) ? 0xFFFD : c);
              }
            });
    return safe.toString();
  }

  private static boolean isControl(int c) {
    return (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
  }
}
