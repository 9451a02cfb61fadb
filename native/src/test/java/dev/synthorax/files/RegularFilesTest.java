package dev.synthorax.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RegularFilesTest {
  @TempDir private Path folder;

  @Test
  void read_file_isItsContent() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "four");

    assertThat(RegularFiles.read(file, 4)).asString().isEqualTo("four");
    assertThat(Sha256.hex(file)).isEqualTo(Sha256.hex("four".getBytes(UTF_8)));
  }

  @Test
  void read_linkToAFile_isFollowed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "four");

    assertThat(RegularFiles.read(Files.createSymbolicLink(folder.resolve("link"), file), 4))
        .asString()
        .isEqualTo("four");
  }

  @Test
  void read_moreThanAllowed_saysHowMany() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "fiver");

    assertThat(reason(file)).isEqualTo("5 bytes (expected: at most 4)");
  }

  @Test
  void read_namedPipe_isRefusedAtOnce() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(reason(pipe)).isEqualTo("a pipe, socket or device (expected: a regular file)");
  }

  @Test
  void read_linkToAnEndlessDevice_isRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/zero"));

    assertThat(reason(link)).isEqualTo("a pipe, socket or device (expected: a regular file)");
    assertThat(catchThrowableOfType(IOException.class, () -> Sha256.hex(link))).isNotNull();
  }

  @Test
  void read_folderOrNothing_saysSo() {
    assertThat(reason(folder)).isEqualTo("a folder (expected: a file)");
    assertThat(reason(folder.resolve("missing"))).isEqualTo("no such file");
  }

  private static String reason(Path file) {
    return RegularFiles.reason(
        catchThrowableOfType(IOException.class, () -> RegularFiles.read(file, 4)));
  }
}
