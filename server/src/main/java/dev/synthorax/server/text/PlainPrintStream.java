package dev.synthorax.server.text;

import static java.util.Objects.requireNonNull;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Standard error of a process that logs what strangers sent. What is printed as a line stays one
 * line by {@link PlainText#line}: log lines and each line of a stack trace. What is written as
 * bytes keeps its line ends and tabs, and shows every other control byte.
 *
 * <p><b>Threading:</b> as a {@link PrintStream}.
 */
public final class PlainPrintStream extends PrintStream {
  /** A stream over {@code target}, flushed at the end of each line. */
  public PlainPrintStream(OutputStream target, Charset charset) {
    super(new Filter(requireNonNull(target, "target")), true, charset);
  }

  @Override
  public void println(String line) {
    super.println(plain(String.valueOf(line)));
  }

  @Override
  public void println(Object line) {
    super.println(plain(String.valueOf(line)));
  }

  /** Stack traces are indented by tabs: those stay. */
  private static String plain(String line) {
    int indent = 0;
    while (indent < line.length() && line.charAt(indent) == '\t') {
      indent++;
    }
    return line.substring(0, indent) + PlainText.line(line.substring(indent));
  }

  /** Shows control bytes; C1 controls are left to {@link PlainText}, they are two bytes. */
  private static final class Filter extends FilterOutputStream {
    private static final byte DELETE = 0x7F;

    private Filter(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int value) throws IOException {
      if (isShown((byte) value)) {
        out.write("\\u%04x".formatted(value & 0xFF).getBytes(StandardCharsets.US_ASCII));
      } else {
        out.write(value);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int from = offset;
      for (int at = offset; at < offset + length; at++) {
        if (isShown(bytes[at])) {
          out.write(bytes, from, at - from);
          write(bytes[at]);
          from = at + 1;
        }
      }
      out.write(bytes, from, offset + length - from);
    }

    private static boolean isShown(byte value) {
      return switch (value) {
        case '\n', '\r', '\t' -> false;
        case DELETE -> true;
        default -> value >= 0 && value < ' ';
      };
    }
  }
}
