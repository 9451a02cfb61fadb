package dev.synthorax.client.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  @TempDir private Path temp;

  @Test
  void write_newFolder_leavesTheLayout() throws IOException {
    RunFolder folder = RunFolder.open(temp.resolve("run"), false);

    List<ManifestEntry> entries =
        folder.write(List.of(RunsForTests.text("0001", 7), RunsForTests.masked("0002", "")));
    folder.writeReport("<p>");

    assertThat(entries).hasSize(2);
    assertThat(files(temp.resolve("run")))
        .containsExactly(
            "images/0001.png",
            "images/0002.png",
            "manifest.jsonl",
            "masks/0002-heart.png",
            "masks/0002-lungs.png",
            "report.html");
    assertThat(temp.resolve("run/images/0001.png")).hasContent("pixels of 0001");
  }

  @Test
  void write_noMasks_stillMakesTheFolder() throws IOException {
    List<ManifestEntry> _ =
        RunFolder.open(temp, false).write(List.of(RunsForTests.text("0001", 7)));

    assertThat(temp.resolve("masks")).isEmptyDirectory();
  }

  @Test
  void write_overAnEarlierRun_removesOnlyWhatThatRunLeft() throws IOException {
    List<ManifestEntry> _ =
        RunFolder.open(temp, false)
            .write(List.of(RunsForTests.masked("0001", ""), RunsForTests.text("0002", 8)));
    Files.writeString(temp.resolve("images/mine.png"), "mine");

    List<ManifestEntry> _ =
        RunFolder.open(temp, false).write(List.of(RunsForTests.text("0001", 7)));

    assertThat(files(temp)).containsExactly("images/0001.png", "images/mine.png", "manifest.jsonl");
  }

  @Test
  void write_manifestThatNamesOtherFiles_touchesNoneOfThem() throws IOException {
    Path victim = Files.writeString(temp.resolve("victim.png"), "mine");
    Path run = Files.createDirectory(temp.resolve("run"));
    Files.writeString(
        run.resolve("manifest.jsonl"), "{\"image\":\"images/../../victim.png\"}\nnot json\n");

    List<ManifestEntry> _ = RunFolder.open(run, false).write(List.of(RunsForTests.text("0001", 7)));

    assertThat(victim).exists();
  }

  @Test
  void open_folderWithOtherFiles_isRefusedUnlessOverwrite() throws IOException {
    Files.writeString(temp.resolve("thesis.txt"), "years of work");

    assertThatThrownBy(() -> RunFolder.open(temp, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds other files")
        .hasMessageContaining("--overwrite");
    List<ManifestEntry> _ = RunFolder.open(temp, true).write(List.of(RunsForTests.text("0001", 7)));
    assertThat(temp.resolve("thesis.txt")).exists();
  }

  @Test
  void open_file_isRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "x");

    assertThatThrownBy(() -> RunFolder.open(file, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a file");
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }
}
