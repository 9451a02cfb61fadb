package dev.synthorax.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port=-1",
        "--port=65536",
        "--port=many",
        "--threads=0",
        "--http-port=70000",
        "--grace-seconds=-1",
        "--unknown"
      })
  void serve_badUsage_exitsWith2AndSaysWhy(String option) {
    int code = execute("serve", option);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString().lines().findFirst().orElse("")).contains(option.split("=", -1)[0]);
    assertThat(err.toString()).doesNotContain("Exception");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void serve_missingModelsFolder_exitsWith1InOneLine(@TempDir Path folder) {
    int code = execute("serve", "--port=0", "--models=" + folder.resolve("nowhere"));

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "synthorax serve: "
                + folder.resolve("nowhere")
                + ": no such folder (expected: a folder of models)\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void serve_help_saysWhatIsPrintedFirst() {
    assertThat(execute("serve", "--help")).isZero();
    assertThat(out.toString()).contains("LISTENING port=N", "Example: synthorax serve");
  }
}
