package dev.synthorax.client.report;

import dev.synthorax.client.ClientRelease;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What stands around the content of every page: one file, no script, nothing fetched. */
final class PageShell {
  private PageShell() {}

  /** Returns everything before the content. */
  static String start(String title) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    <main>
    """
        .formatted(Html.escape(title), stylesheet());
  }

  /** Returns everything after the content; {@code note} is HTML. */
  static String end(String note) {
    return """
    <footer>Made by %s. %s</footer>
    </main>
    </body>
    </html>
    """
        .formatted(Html.escape(ClientRelease.software()), note);
  }

  private static String stylesheet() {
    try (InputStream css = PageShell.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IllegalStateException("report.css is missing (expected: beside PageShell.class)");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
