package dev.synthorax.client.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.cli.SynthoraxCommand;
import dev.synthorax.client.resident.Residents;
import dev.synthorax.client.resident.ServerSetup;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerOptionsTest {
  @TempDir private Path folder;
  private final HealthStatusManager health = new HealthStatusManager();

  @Test
  void open_dataFolder_isHandedToTheServerThatIsStarted() {
    StringWriter err = new StringWriter();

    int exit =
        SynthoraxCommand.execute(
            Map.of(
                ServerCommand.VARIABLE,
                String.join("\n", FakeServerMain.command()),
                "XDG_STATE_HOME",
                folder.toString()),
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

  /** What {@code models} says besides, where a server in the background is written down. */
  private String models(int exit, Map<String, String> more, String... options) throws IOException {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("XDG_STATE_HOME", folder.toString());
    environment.put(ServerCommand.VARIABLE, "/no/such/program");
    StringWriter err = new StringWriter();
    try (FakeServer fake = FakeServer.start(new FakeServices(), health.getHealthService())) {
      int port = Integer.parseInt(fake.target().replaceFirst(".*:", ""));
      Residents.publish(
          folder,
          port,
          ServerSetup.of(new ServerCommand(List.of("/no/such/program")), List.of(), environment));

      int code =
          SynthoraxCommand.execute(
              environment,
              new PrintWriter(new StringWriter()),
              new PrintWriter(err, true),
              Stream.concat(Stream.of("models"), Stream.of(options)).toArray(String[]::new));

      assertThat(code).as(err.toString()).isEqualTo(exit);
    }
    return err.toString();
  }

  @Test
  void open_serverInTheBackground_isUsedWhereItAnswersAlike() throws IOException {
    assertThat(models(0, Map.of()))
        .startsWith("Using the server in the background, 127.0.0.1:")
        .hasLineCount(1);
    assertThat(models(0, Map.of(), "--json")).isEmpty();
  }

  @Test
  void open_serverInTheBackground_isNotUsedElse() throws IOException {
    assertThat(models(1, Map.of(), "--data", "/d"))
        .startsWith("The server in the background was started with other options (none); it is not")
        .contains("Starting a server", "the server could not be started");
    assertThat(models(1, Map.of("SYNTHORAX_RESIDENT", "never")))
        .startsWith("Starting a server")
        .doesNotContain("background");
  }

  @Test
  void open_writtenWhereOthersCanWrite_isSaidAndNotUsed() throws IOException {
    Path open = Files.createDirectories(folder.resolve("synthorax"));
    Files.writeString(open.resolve("server.json"), "{}");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    StringWriter err = new StringWriter();

    SynthoraxCommand.execute(
        Map.of("XDG_STATE_HOME", folder.toString(), ServerCommand.VARIABLE, "/no/such/program"),
        new PrintWriter(new StringWriter()),
        new PrintWriter(err, true),
        "models");

    assertThat(err.toString())
        .startsWith(open + ": open to others (0777) (expected: ")
        .contains("; it is not used", "Starting a server");
  }

  @Test
  void open_serverInTheBackgroundThatDrains_isNotUsed() throws IOException {
    health.enterTerminalState();

    assertThat(models(1, Map.of()))
        .startsWith("The server in the background does not serve now; it is not used")
        .contains("Starting a server");
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
