package dev.synthorax.client.cli;

import dev.synthorax.client.ControlCharacters;
import java.io.PrintWriter;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Where commands print: no text of a server, folder or file moves the cursor, colours, hides, turns
 * or adds a line. What {@code println} is given is one line; {@code print} keeps line feeds.
 */
final class CleanPrintWriter extends PrintWriter {
  CleanPrintWriter(Writer out) {
    super(out, true);
  }

  @Override
  public void println(@Nullable String line) {
    super.println(ControlCharacters.oneLine(String.valueOf(line)));
  }

  @Override
  public void println(@Nullable Object line) {
    println(String.valueOf(line));
  }

  @Override
  public void write(int c) {
    write(String.valueOf((char) c));
  }

  @Override
  public void write(char[] characters, int from, int length) {
    write(new String(characters, from, length));
  }

  @Override
  public void write(String text, int from, int length) {
    String clean = ControlCharacters.escape(text.substring(from, from + length));
    super.write(clean, 0, clean.length());
  }
}
