package dev.synthorax.client.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerOptionsTest {
  @TempDir private Path folder;

  @Test
  void open_dataFolder_isHandedToTheServerThatIsStarted() {
    StringWriter err = new StringWriter();

    int exit =
        SynthoraxCommand.execute(
            Map.of(ServerCommand.VARIABLE, String.join("\n", FakeServerMain.command())),
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "models",
            "--data",
            folder.toString(),
            "--verbose");

    assertThat(exit).isZero();
    assertThat(err.toString())
        .contains("server: arguments: serve --port 0 --exit-with-stdin --data " + folder);
  }

  private static String misuse(Map<String, String> environment, String... arguments) {
    StringWriter err = new StringWriter();
    int exit =
        SynthoraxCommand.execute(
            environment,
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            arguments);
    assertThat(exit).isEqualTo(2);
    return err.toString();
  }

  @Test
  void open_securityThatDoesNotFit_isUsageInOneLine() {
    assertThat(misuse(Map.of(), "models", "--tls")).contains("TLS or a token without --server");
    assertThat(misuse(Map.of(), "models", "--server", "a:1", "--tls-key", "k.pem"))
        .contains("a key without its certificate");
    assertThat(misuse(Map.of(), "models", "--server", "a:1", "--token-file", "none"))
        .contains("--token-file: none cannot be read");
    assertThat(misuse(Map.of("SYNTHORAX_TOKEN", "secret"), "models", "--server", "a:1"))
        .contains("a token to a:1 in plain text")
        .doesNotContain("secret");
    assertThat(misuse(Map.of(), "models", "--server", "a:1", "--tls-ca", "none.pem"))
        .contains("none.pem");
  }
}
