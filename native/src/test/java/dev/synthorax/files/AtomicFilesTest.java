package dev.synthorax.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {
  @TempDir private Path folder;

  @Test
  void write_newFile_isThereWholeAndAlone() throws IOException {
    Path file = folder.resolve("a/b/file.txt");

    AtomicFiles.write(file, "content".getBytes(UTF_8));

    assertThat(file).hasContent("content");
    assertThat(names(file.resolveSibling(""))).containsExactly("file.txt");
  }

  @Test
  void write_contentFails_theOldFileStays() throws IOException {
    Path file = Files.writeString(folder.resolve("file.txt"), "old");

    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    channel -> {
                      channel.write(UTF_8.encode("half"));
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");

    assertThat(file).hasContent("old");
    assertThat(names(folder)).containsExactly("file.txt");
  }

  @Test
  void write_whileAnotherWrites_bothEndWhole() throws IOException {
    Path file = folder.resolve("file.txt");

    AtomicFiles.write(
        file,
        channel -> {
          channel.write(UTF_8.encode("outer"));
          AtomicFiles.write(file, "inner".getBytes(UTF_8));
          assertThat(file).hasContent("inner");
        });

    assertThat(file).hasContent("outer");
    assertThat(names(folder)).containsExactly("file.txt");
  }

  @Test
  void writeFolder_overAnother_replacesItWhole() throws IOException {
    Path target = folder.resolve("model");
    AtomicFiles.writeFolder(target, made -> Files.writeString(made.resolve("old"), "1"));

    AtomicFiles.writeFolder(target, made -> Files.writeString(made.resolve("new"), "2"));

    assertThat(names(target)).containsExactly("new");
    assertThat(names(folder)).containsExactly("model");
  }

  @Test
  void writeFolder_contentFails_theOldFolderStays() throws IOException {
    Path target = folder.resolve("model");
    AtomicFiles.writeFolder(target, made -> Files.writeString(made.resolve("old"), "1"));

    assertThatThrownBy(
            () ->
                AtomicFiles.writeFolder(
                    target,
                    made -> {
                      Files.writeString(made.resolve("new"), "2");
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");

    assertThat(names(target)).containsExactly("old");
    assertThat(names(folder)).containsExactly("model");
  }

  @Test
  void removeLeftovers_ofAKilledWriter_areGone() throws IOException {
    Files.createDirectories(folder.resolve(".model.0000002a.partial/unet"));
    Files.writeString(folder.resolve(".model.0000002a.partial/unet/config.json"), "{");
    writer(".model.0000002a.writer");

    AtomicFiles.removeLeftovers(folder);

    assertThat(names(folder)).isEmpty();
  }

  @Test
  void removeLeftovers_lockFileThatNobodyLocked_goesWhenItIsOld() throws IOException {
    Path old = writer(".model.0000002a.new");
    Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
    writer(".model.0000002b.new");

    AtomicFiles.removeLeftovers(folder);

    assertThat(names(folder)).containsExactly(".model.0000002b.new");
  }

  @Test
  void removeLeftovers_killedBetweenTwoRenames_endsThem() throws IOException {
    Files.writeString(
        Files.createDirectory(folder.resolve(".m.0000002a.partial")).resolve("n"), "");
    Files.writeString(Files.createDirectory(folder.resolve(".m.0000002a.old")).resolve("o"), "");
    writer(".m.0000002a.writer");

    AtomicFiles.removeLeftovers(folder);

    assertThat(names(folder)).containsExactly("m");
    assertThat(names(folder.resolve("m"))).containsExactly("n");
  }

  @Test
  void removeLeftovers_writerLives_leavesItAlone() throws IOException {
    Path file = folder.resolve("file.txt");

    AtomicFiles.write(
        file,
        channel -> {
          AtomicFiles.removeLeftovers(folder);
          assertThat(names(folder)).hasSize(2).allMatch(name -> name.startsWith(".file.txt."));
          channel.write(UTF_8.encode("content"));
        });

    assertThat(file).hasContent("content");
    assertThat(names(folder)).containsExactly("file.txt");
  }

  @Test
  void removeLeftovers_writerOfAnotherProcess_isLeftAlone() throws Exception {
    Files.writeString(folder.resolve(".file.0000002a.partial"), "half");
    Path locked = writer(".file.0000002a.writer");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                locked.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var said = other.inputReader()) {
      assertThat(said.readLine()).isEqualTo("locked");

      AtomicFiles.removeLeftovers(folder);
      assertThat(names(folder)).hasSize(2);
    } finally {
      other.destroyForcibly().waitFor();
    }

    AtomicFiles.removeLeftovers(folder);
    assertThat(names(folder)).isEmpty();
  }

  /** A process that writes until it is killed. */
  static final class LockHolder {
    public static void main(String[] file) throws Exception {
      try (FileChannel channel = FileChannel.open(Path.of(file[0]), StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        System.out.println("locked");
        System.out.flush();
        Thread.currentThread().join(); // until it is killed
      }
    }
  }

  @Test
  void delete_linkToAFolder_leavesTheFolder() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "");
    Path link = Files.createSymbolicLink(folder.resolve("link"), kept);

    AtomicFiles.delete(link);

    assertThat(link).doesNotExist();
    assertThat(kept.resolve("file")).exists();
  }

  private Path writer(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "");
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
