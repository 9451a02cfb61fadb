package dev.synthorax.client.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CleanPrintWriterTest {
  private final StringWriter bytes = new StringWriter();
  private final CleanPrintWriter out = new CleanPrintWriter(bytes);

  @Test
  void println_hostileText_isOneVisibleLine() {
    out.println("name \u001b[2J\u001b]0;title\u0007 \u202Egnp.exe\nerror: forged\r");

    assertThat(bytes.toString())
        .isEqualTo(
            "name \\u001b[2J\\u001b]0;title\\u0007 \\u202egnp.exe\\u000aerror: forged\\u000d"
                + System.lineSeparator());
  }

  @Test
  void print_pagesOfOurOwn_keepTheirLines() {
    out.print("one\n\ttwo\n");
    out.printf("%s|%c%n", "\u009b31m", 'x');
    out.append("a\u0000").append('\u007f');
    out.println((Object) "b\u0085");
    out.println(12);

    assertThat(bytes.toString().lines())
        .containsExactly("one", "\ttwo", "\\u009b31m|x", "a\\u0000\\u007fb\\u0085", "12");
  }

  @Test
  void println_besideABar_takesItsLine() {
    new CleanPrintWriter(bytes, true).println("warning: \u001b[K");

    assertThat(bytes.toString()).isEqualTo("\r\u001b[Kwarning: \\u001b[K" + System.lineSeparator());
  }

  @Test
  void println_json_isStillThatJson() throws IOException {
    String name = "\u001b[31m\u009b\u202e\n";

    out.println(new JsonMapper().writeValueAsString(Map.of("name", name)));

    assertThat(bytes.toString()).doesNotContain("\u009b").doesNotContain("\u202e");
    assertThat(new JsonMapper().readTree(bytes.toString()).path("name").asText()).isEqualTo(name);
  }
}
