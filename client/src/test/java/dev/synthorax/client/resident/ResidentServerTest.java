package dev.synthorax.client.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.ServerCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResidentServerTest {
  private static final Instant SINCE = Instant.parse("2026-03-01T12:00:00Z");
  private static final ServerSetup SETUP = setup(List.of(), Map.of("PATH", "/bin"));

  @TempDir private Path folder;

  private static ServerSetup setup(List<String> options, Map<String, String> environment) {
    return ServerSetup.of(
        new ServerCommand(List.of("java", "-cp", "none.jar", "Main")), options, environment);
  }

  private static ResidentServer server(long pid, Instant started, ServerSetup setup) {
    return new ResidentServer(8001, pid, started, SINCE, "1.0", setup);
  }

  private static ResidentServer server(ServerSetup setup) {
    return server(1, SINCE, setup);
  }

  private Path file(String name, Instant changed) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    Path path = folder;
    Files.setLastModifiedTime(path, FileTime.from(changed));
    for (String part : name.split("/", -1)) {
      path = path.resolve(part);
      Files.setLastModifiedTime(path, FileTime.from(changed));
    }
    return file;
  }

  @Test
  void runs_ownProcess_doesByNumberAndStart() {
    ProcessHandle self = ProcessHandle.current();
    Instant started = self.info().startInstant().orElseThrow();

    assertThat(server(self.pid(), started, SETUP).runs()).isTrue();
    assertThat(server(self.pid(), started.plusSeconds(1), SETUP).runs()).isTrue();
    assertThat(server(self.pid(), started.minusSeconds(60), SETUP).runs()).isFalse();
    assertThat(server(self.pid(), started.plusSeconds(60), SETUP).runs()).isFalse();
  }

  @Test
  void runs_processThatEnded_doesNot() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    Instant started = process.info().startInstant().orElseThrow();
    process.destroyForcibly().waitFor();

    assertThat(server(process.pid(), started, SETUP).runs()).isFalse();
  }

  @Test
  void difference_sameSetup_isNone() {
    ServerSetup again = setup(List.of(), Map.of("PATH", "/usr/bin", "SYNTHORAX_DATA", " "));

    assertThat(server(SETUP).difference("1.0", again)).isNull();
  }

  @Test
  void difference_whatDecidesAnswers_isNamed() {
    ServerSetup models = setup(List.of("--models", "/m"), Map.of());
    ServerSetup data = setup(List.of(), Map.of("SYNTHORAX_DATA", "/d"));
    var program = new ServerSetup(List.of("java", "Other"), List.of(), Map.of());

    assertThat(server(SETUP).difference("1.1", SETUP)).isEqualTo("has version 1.0");
    assertThat(server(SETUP).difference("1.0", models))
        .isEqualTo("was started with other options (none)");
    assertThat(server(models).difference("1.0", SETUP))
        .isEqualTo("was started with other options (--models /m)");
    assertThat(server(data).difference("1.0", SETUP))
        .isEqualTo("was started with another SYNTHORAX_DATA");
    assertThat(server(SETUP).difference("1.0", data))
        .isEqualTo("was started with another SYNTHORAX_DATA");
    assertThat(server(SETUP).difference("1.0", program))
        .isEqualTo("was started with another program or Java options");
  }

  @Test
  void difference_jarBuiltLater_isNamed() throws IOException {
    Path older = file("older.jar", SINCE.minusSeconds(1));
    Path newer = file("newer.jar", SINCE.plus(Duration.ofMillis(1)));
    var before = new ServerSetup(List.of("java", "-cp", "a.jar:" + older), List.of(), Map.of());
    var after = new ServerSetup(List.of("java", "-cp", older + ":" + newer), List.of(), Map.of());

    assertThat(server(before).difference("1.0", before)).isNull();
    assertThat(server(after).difference("1.0", after)).isEqualTo("is older than " + newer);
  }

  @Test
  void difference_modelsChangedLater_isNamed() throws IOException {
    Path weights = file("models/chest/unet/weights", SINCE.minusSeconds(1));
    ServerSetup setup = setup(List.of("--models", folder.resolve("models").toString()), Map.of());

    assertThat(server(setup).difference("1.0", setup)).isNull();

    Files.setLastModifiedTime(weights, FileTime.from(SINCE.plusSeconds(1)));
    assertThat(server(setup).difference("1.0", setup)).isEqualTo("is older than " + weights);
  }

  @Test
  void difference_modelsThatAreGone_isNamed() {
    Path gone = folder.resolve("gone");
    ServerSetup setup = setup(List.of("--models", gone.toString()), Map.of());

    assertThat(server(setup).difference("1.0", setup)).isEqualTo("is older than " + gone);
  }
}
