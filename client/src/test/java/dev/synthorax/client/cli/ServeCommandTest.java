package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.ServerCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
final class ServeCommandTest {
  @TempDir private Path state;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private int run(String line) {
    out = new StringWriter();
    err = new StringWriter();
    return SynthoraxCommand.execute(
        Map.of(
            ServerCommand.VARIABLE,
            String.join("\n", FakeServerMain.command()),
            "XDG_STATE_HOME",
            state.toString()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        line.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serve                              | runs in a process of its own",
        "serve --port 8001                  | runs in a process of its own",
        "serve --detach --stop              | several (expected: one of them)",
        "serve --stop --models m            | with --stop (expected: nothing else)",
        "serve --status --admin-port 0      | --admin-port 0 with --status (expected: nothing"
            + " else)",
        "serve --status --threads 2         | --threads 2 with --status (expected: nothing else)",
        "serve --detach --start-timeout 0   | --start-timeout: 0 (expected: at least 1 second)",
      })
  void serve_badUsage_exitsWith2AndSaysWhy(String line, String problem) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: ").contains(problem).hasLineCount(1);
  }

  @Test
  void serve_noneRuns_saysSoAndExitsWith1() {
    assertThat(run("serve --status")).isEqualTo(1);
    assertThat(out.toString()).startsWith("No server runs in the background");
    assertThat(run("serve --stop")).isEqualTo(1);
    assertThat(out.toString()).startsWith("No server runs in the background");
  }

  @Test
  void serve_detached_isUsedShownAndEnded() {
    int detached =
        run("serve --detach --port 0 --grace-seconds 1 --metrics-port 0 --log-format json");
    String where = out.toString().replaceFirst("(?s).* at (\\S+) \\(pid .*", "$1");
    String said = out + err.toString();
    try {
      assertThat(detached).as(said).isZero();
      assertThat(where).startsWith("127.0.0.1:");
      assertThat(run("models")).isZero();
      assertThat(err.toString())
          .startsWith("Using the server in the background, " + where + " (pid ")
          .doesNotContain("Starting a server");
      assertThat(run("serve --status")).isZero();
      assertThat(out.toString()).contains(where, "options: none", "log: " + state);
    } finally {
      assertThat(run("serve --stop")).isZero();
    }
    assertThat(out.toString()).startsWith("Ended " + where + " (pid ");
    assertThat(run("serve --status")).isEqualTo(1);
  }
}
