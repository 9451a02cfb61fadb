package dev.synthorax.client.cli.terminal;

import dev.synthorax.client.ControlCharacters;
import java.io.PrintWriter;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Where commands print: no text of a server, folder or file moves the cursor, colours, hides, turns
 * or adds a line. What {@code println} is given is one line; {@code print} keeps line feeds.
 */
public final class CleanPrintWriter extends PrintWriter {
  /** Goes to the start of the terminal's line and empties it. */
  private static final String ERASE_LINE = "\r\u001b[K";

  private final boolean besideBar;

  /** Opens a writer beside which no bar stands. */
  public CleanPrintWriter(Writer out) {
    this(out, false);
  }

  /**
   * Opens a writer.
   *
   * @param besideBar a progress bar may stand in the terminal's line: what is printed replaces it,
   *     and the bar draws itself anew below
   */
  public CleanPrintWriter(Writer out, boolean besideBar) {
    super(out, true);
    this.besideBar = besideBar;
  }

  @Override
  public void println(@Nullable String line) {
    synchronized (lock) {
      if (besideBar) {
        super.write(ERASE_LINE, 0, ERASE_LINE.length());
      }
      super.println(ControlCharacters.oneLine(String.valueOf(line)));
    }
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
