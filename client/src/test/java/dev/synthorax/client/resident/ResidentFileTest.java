package dev.synthorax.client.resident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResidentFileTest {
  private static final long USER = new UnixSystem().getUid();
  private static final ResidentServer SERVER =
      Residents.here(
          4711,
          new ServerSetup(
              List.of("java", "Main"), List.of("--models", "/m"), Map.of("CUDA_HOME", "/c")));

  @TempDir private Path home;
  private Path folder;
  private Path written;
  private ResidentFile file;

  @BeforeEach
  void make() {
    folder = home.resolve("state/synthorax");
    written = folder.resolve("server.json");
    file = new ResidentFile(folder, () -> USER);
  }

  private void write() throws IOException {
    file.prepareFolder();
    file.write(SERVER);
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void read_nothingThere_isNull() throws IOException {
    assertThat(file.read()).isNull();
  }

  @Test
  void read_whatWasWritten_isTheSameAndPrivate() throws IOException {
    write();
    file.freshLog();

    assertThat(file.read()).isEqualTo(SERVER);
    assertThat(permissions(folder)).isEqualTo("rwx------");
    assertThat(permissions(written)).isEqualTo("rw-------");
    assertThat(permissions(file.log())).isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(written, file.log());
    }
  }

  @Test
  void write_again_takesThePlaceOfTheFormer() throws IOException {
    write();
    var next = Residents.here(815, SERVER.setup());

    file.write(next);

    assertThat(file.read()).isEqualTo(next);
  }

  @Test
  void read_ofAnotherUser_isRefused() throws IOException {
    write();

    assertThatThrownBy(() -> new ResidentFile(folder, () -> USER + 1).read())
        .isInstanceOf(IOException.class)
        .hasMessage(folder + ": of another user (expected: a folder of this user alone, 0700)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-----w-"})
  void read_fileThatOthersCanUse_isRefused(String permissions) throws IOException {
    write();
    permit(written, permissions);

    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(written + ": open to others (06")
        .hasMessageEndingWith("(expected: a file of this user alone, 0600)");
  }

  @Test
  void folder_thatOthersCanUse_isRefusedWhateverIsDone() throws IOException {
    write();
    permit(folder, "rwxr-xr-x");

    assertThatThrownBy(file::read).hasMessageStartingWith(folder + ": open to others (0755)");
    assertThatThrownBy(file::prepareFolder).hasMessageContaining("open to others (0755)");
  }

  @Test
  void read_links_areRefused() throws IOException {
    write();
    Path elsewhere = Files.move(written, home.resolve("elsewhere.json"));
    Files.createSymbolicLink(written, elsewhere);
    Path link = Files.createSymbolicLink(home.resolve("link"), folder);

    assertThatThrownBy(file::read).hasMessageStartingWith(written + ": a link or something else");
    assertThatThrownBy(() -> new ResidentFile(link, () -> USER).read())
        .hasMessageStartingWith(link + ": a link or something else");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"port\":",
        "{\"port\":1}",
        "{\"port\":0,\"pid\":1,\"started\":\"2026-01-01T00:00:00Z\",\"since\":\"2026-01-01T00:00:00Z\","
            + "\"version\":\"1\",\"setup\":{\"command\":[],\"options\":[],\"environment\":{}}}",
        "{\"port\":1,\"pid\":1,\"started\":\"yesterday\",\"since\":\"2026-01-01T00:00:00Z\","
            + "\"version\":\"1\",\"setup\":{\"command\":[],\"options\":[],\"environment\":{}}}"
      })
  void read_damaged_saysSo(String text) throws IOException {
    write();
    Files.writeString(written, text);

    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(written + ": damaged, or of another version");
  }

  @Test
  void of_environment_takesAbsoluteStateHomesAlone() {
    Path other = Path.of(System.getProperty("user.home"), ".local/state/synthorax/server.log");

    assertThat(ResidentFile.of(Map.of("XDG_STATE_HOME", "/s")).log())
        .isEqualTo(Path.of("/s/synthorax/server.log"));
    assertThat(ResidentFile.of(Map.of("XDG_STATE_HOME", "s")).log()).isEqualTo(other);
    assertThat(ResidentFile.of(Map.of()).log()).isEqualTo(other);
  }
}
