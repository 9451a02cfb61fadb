package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.proto.v1.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerProcessTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Returns a command that runs the fake server with {@code more} before the client's words. */
  private static ServerCommand fakeServer(String... more) {
    return new ServerCommand(FakeServerMain.command(more));
  }

  @Test
  void start_fakeServer_servesAndEndsWhenClosed() {
    Queue<String> log = new ConcurrentLinkedQueue<>();
    ServerProcess server = ServerProcess.start(fakeServer(), PATIENCE, log::add);
    try (server;
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {

      assertThat(client.models()).extracting(Model::getName).containsExactly("fake-cxr");
      assertThat(server.isAlive()).isTrue();
    }

    assertThat(server.isAlive()).isFalse();
    assertThat(log).contains("arguments: serve --port 0 --exit-with-stdin");
  }

  @Test
  void start_moreOptions_handsThemOver() {
    Queue<String> log = new ConcurrentLinkedQueue<>();
    List<String> options = List.of("--backend", "some");

    ServerProcess.start(fakeServer(), options, PATIENCE, log::add).close();

    assertThat(log).contains("arguments: serve --port 0 --exit-with-stdin --backend some");
  }

  @Test
  void start_endsWithItsOwnError_passesThatErrorOn() {
    ServerStartException e =
        catchThrowableOfType(
            ServerStartException.class,
            () -> ServerProcess.start(fakeServer("fail=no models here"), PATIENCE, _ -> {}));

    assertThat(e).hasMessage("the server did not start: no models here");
    assertThat(e.tail()).isEmpty();
  }

  @Test
  void startDetached_neverServing_endsItAndTellsItsLog(@TempDir Path folder) {
    Path log = folder.resolve("log");
    ServerCommand slow =
        new ServerCommand(List.of("sh", "-c", "echo $$ >&2; exec sleep 600", "sh"));

    ServerStartException e =
        catchThrowableOfType(
            ServerStartException.class,
            () -> ServerProcess.startDetached(slow, List.of(), log, Duration.ofMillis(300)));

    assertThat(e).hasMessageContaining("not ready after 0 s; see " + log);
    assertThat(e.tail()).hasSize(1);
    assertThat(ProcessHandle.of(Long.parseLong(e.tail().getFirst()))).isEmpty();
  }

  @Test
  void start_killed_tellsExitCodeAndLastLines() {
    ServerCommand dying = new ServerCommand(List.of("sh", "-c", "echo last words >&2; kill -9 $$"));

    ServerStartException e =
        catchThrowableOfType(
            ServerStartException.class, () -> ServerProcess.start(dying, PATIENCE, _ -> {}));

    assertThat(e).hasMessage("the server ended with exit code 137 before it was ready");
    assertThat(e.tail()).containsExactly("last words");
  }

  @Test
  void start_neverListens_givesUpAndEndsIt() {
    ServerCommand deaf = new ServerCommand(List.of("sh", "-c", "cat >/dev/null"));

    assertThatThrownBy(() -> ServerProcess.start(deaf, Duration.ofMillis(100), _ -> {}))
        .isInstanceOf(ServerStartException.class)
        .hasMessageContaining("not ready after")
        .hasMessageContaining("--start-timeout");
  }

  @Test
  void start_neverServing_givesUp() {
    assertThatThrownBy(
            () -> ServerProcess.start(fakeServer("never-serving"), Duration.ofSeconds(5), _ -> {}))
        .isInstanceOf(ServerStartException.class)
        .hasMessageContaining("not ready after 5 s");
  }

  @Test
  void start_noSuchProgram_saysSo() {
    assertThatThrownBy(
            () ->
                ServerProcess.start(
                    new ServerCommand(List.of("/no/such/program")), PATIENCE, _ -> {}))
        .isInstanceOf(ServerStartException.class)
        .hasMessageStartingWith("the server could not be started (");
  }

  @Test
  void ofEnvironment_oneWordALine_keepsSpaces() {
    ServerCommand command =
        ServerCommand.ofEnvironment(
            Map.of(ServerCommand.VARIABLE, "/my jdk/bin/java\n-cp\na b.jar\nMain\n"));

    assertThat(command)
        .isEqualTo(new ServerCommand(List.of("/my jdk/bin/java", "-cp", "a b.jar", "Main")));
  }

  @Test
  void ofEnvironment_oneLine_isSplitAtSpaces() {
    ServerCommand command =
        ServerCommand.ofEnvironment(Map.of(ServerCommand.VARIABLE, "./server  --models m"));

    assertThat(command).isEqualTo(new ServerCommand(List.of("./server", "--models", "m")));
  }

  @Test
  void ofEnvironment_absent_isNull() {
    assertThat(ServerCommand.ofEnvironment(Map.of())).isNull();
  }
}
