package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SynthoraxCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return SynthoraxCommand.execute(
        Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  void noCommand_isBadUsage() {
    int exit = run();

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: no command (expected: one of demo, generate,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "generate", "models", "serve", "phantom"})
  void help_everyCommand_hasAnExample(String command) {
    int exit = run("help", command);

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("Example").contains("synthorax " + command);
  }
}
