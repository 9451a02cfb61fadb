package dev.synthorax.client.resident;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.security.auth.module.UnixSystem;
import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.ServerStartException;
import dev.synthorax.client.SynthoraxClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ResidenceTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path home;
  private ResidentFile file;
  private Residence residence;

  @BeforeEach
  void make() {
    file = new ResidentFile(home.resolve("synthorax"), () -> new UnixSystem().getUid());
    residence = new Residence(file);
  }

  @AfterEach
  void endWhatRuns() throws Exception {
    ResidentServer server = residence.running();
    if (server != null && server.pid() != ProcessHandle.current().pid()) {
      residence.end(server);
    }
  }

  private static ServerSetup fake(String... words) {
    return ServerSetup.of(
        new ServerCommand(FakeServerMain.command(words)), List.of("--models", "/m"), Map.of());
  }

  @Test
  void detach_server_staysUntilItIsEnded() throws Exception {
    ResidentServer server = residence.detach(fake(), List.of("--port", "0"), PATIENCE);

    assertThat(residence.running()).isEqualTo(server);
    assertThat(residence.log()).content().contains("arguments: serve --models /m --port 0");
    try (SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      assertThat(client.models()).hasSize(1);
    }
    Process session =
        new ProcessBuilder("ps", "-o", "sid=", "-p", String.valueOf(server.pid())).start();
    assertThat(new String(session.getInputStream().readAllBytes(), US_ASCII).strip())
        .as("its own session")
        .isEqualTo(String.valueOf(server.pid()));

    residence.end(server);

    assertThat(server.runs()).isFalse();
    assertThat(file.read()).isNull();
  }

  @Test
  void detach_oneRuns_isRefused() throws IOException {
    file.prepareFolder();
    file.write(Residents.here(8001, fake()));

    assertThatThrownBy(() -> residence.detach(fake(), List.of(), PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("a server runs in the background already, at 127.0.0.1:8001 (pid ")
        .hasMessageEndingWith("'synthorax serve --stop' ends it)");
  }

  @Test
  void running_whatACrashLeft_isIgnored() throws IOException {
    file.prepareFolder();
    ResidentServer here = Residents.here(8001, fake());
    file.write(
        new ResidentServer(
            8001,
            here.pid(),
            here.started().minusSeconds(3600),
            here.since(),
            here.version(),
            here.setup()));

    assertThat(residence.running()).isNull();
  }

  @Test
  void detach_serverThatFails_saysWhyAndLeavesNothing() throws IOException {
    ServerStartException failed =
        catchThrowableOfType(
            ServerStartException.class,
            () -> residence.detach(fake("misuse=--port: x"), List.of(), PATIENCE));

    assertThat(requireNonNull(failed)).hasMessage("the server did not start: --port: x");
    assertThat(failed.badUsage()).isTrue();
    assertThat(file.read()).isNull();
    assertThat(residence.log()).content().contains("some line before");
    assertThat(Files.exists(file.lock())).isFalse();
  }

  @Test
  void detach_folderThatDependsOnThePlace_isRefused() {
    ServerSetup setup =
        ServerSetup.of(
            new ServerCommand(List.of("java")), List.of(), Map.of("SYNTHORAX_DATA", "data"));

    assertThatThrownBy(() -> residence.detach(setup, List.of(), PATIENCE))
        .hasMessage("SYNTHORAX_DATA: data (expected: a path from /, for a server that stays)");
  }
}
