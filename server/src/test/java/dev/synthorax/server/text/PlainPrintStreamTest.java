package dev.synthorax.server.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

final class PlainPrintStreamTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PlainPrintStream stream = new PlainPrintStream(bytes, UTF_8);

  private String written() {
    return bytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void println_lineThatWouldForgeAnother_staysOne() {
    stream.println("model=a\n12:00 ERROR forged\u001b[31m выпот");

    assertThat(written()).isEqualTo("model=a\\n12:00 ERROR forged\\u001b[31m выпот\n");
  }

  @Test
  void printStackTrace_messageOfStrangers_isShownAndTheFramesStayIndented() {
    new IllegalStateException("bad\u001b]0;title\u0007\nfile").printStackTrace(stream);

    assertThat(written().lines())
        .first()
        .isEqualTo("java.lang.IllegalStateException: bad\\u001b]0;title\\u0007\\nfile");
    assertThat(written().lines().skip(1)).allMatch(line -> line.startsWith("\tat "));
  }

  @Test
  void write_bytes_keepsLinesAndShowsControls() {
    stream.print("usage:\n\tone\u001b[2J\r\n");
    stream.write(0x1B);
    stream.flush();

    assertThat(written()).isEqualTo("usage:\n\tone\\u001b[2J\r\n\\u001b");
  }
}
