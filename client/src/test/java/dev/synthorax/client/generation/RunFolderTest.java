package dev.synthorax.client.generation;

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

  private static void add(Path folder, boolean overwrite, MadeImage... images) throws IOException {
    try (RunFolder run = RunFolder.open(folder, overwrite)) {
      for (MadeImage image : images) {
        ManifestEntry _ = run.add(image);
      }
      run.finish(page -> page.write("<p>"));
    }
  }

  private static void openAndClose(Path folder, boolean overwrite) throws IOException {
    try (RunFolder run = RunFolder.open(folder, overwrite)) {
      assertThat(run.manifest()).isEqualTo(folder.resolve("manifest.jsonl"));
    }
  }

  private static List<String> ids(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("manifest.jsonl")).stream()
        .map(line -> line.substring(7, 11))
        .toList();
  }

  @Test
  void add_newFolder_leavesTheLayout() throws IOException {
    Path folder = temp.resolve("run");

    add(folder, false, RunsForTests.text("0002", 7), RunsForTests.masked("0001", ""));

    assertThat(files(folder))
        .containsExactly(
            "images/0001.png",
            "images/0002.png",
            "manifest.jsonl",
            "masks/0001-heart.png",
            "masks/0001-lungs.png",
            "report.html");
    assertThat(folder.resolve("images/0001.png")).hasContent("pixels of 0001");
    assertThat(ids(folder)).containsExactly("0001", "0002");
  }

  @Test
  void open_earlierRun_isContinuedUnderFreeNumbers() throws IOException {
    add(temp, false, RunsForTests.text("0001", 7), RunsForTests.text("0003", 8));
    Files.writeString(temp.resolve("images/0004.png"), "somebody's");
    Files.writeString(temp.resolve("notes.txt"), "mine");

    try (RunFolder run = RunFolder.open(temp, false)) {
      assertThat(run.entries()).extracting(ManifestEntry::id).containsExactly("0001", "0003");
      assertThat(run.freeNumbers(2)).containsExactly(2, 5);
      assertThat(run.warnings())
          .containsExactly(
              temp.resolve("images/0004.png") + " is not in the manifest; it stays as it is");
    }
    add(temp, false, RunsForTests.text("0002", 9));

    assertThat(ids(temp)).containsExactly("0001", "0002", "0003");
    assertThat(temp.resolve("images/0001.png")).hasContent("pixels of 0001");
    assertThat(temp.resolve("images/0004.png")).hasContent("somebody's");
  }

  @Test
  void add_overwrite_removesOnlyWhatTheEarlierRunLeft() throws IOException {
    add(temp, false, RunsForTests.masked("0001", ""), RunsForTests.text("0002", 8));
    Files.writeString(temp.resolve("images/mine.png"), "mine");
    Files.writeString(temp.resolve("images/0002.png"), "painted over");

    try (RunFolder run = RunFolder.open(temp, true)) {
      assertThat(run.replaced()).isEqualTo(2);
      assertThat(run.entries()).isEmpty();
      assertThat(run.freeNumbers(2)).containsExactly(1, 3);
      assertThat(temp.resolve("masks/0001-heart.png")).exists();
      ManifestEntry _ = run.add(RunsForTests.text("0001", 7));
    }

    assertThat(files(temp))
        .containsExactly(
            "images/0001.png",
            "images/0002.png",
            "images/mine.png",
            "manifest.jsonl",
            "report.html");
    assertThat(temp.resolve("images/0002.png")).hasContent("painted over");
    assertThat(ids(temp)).containsExactly("0001");
  }

  @Test
  void open_overwriteWithoutAnImage_leavesTheEarlierRun() throws IOException {
    add(temp, false, RunsForTests.text("0001", 7));
    List<String> before = files(temp);

    openAndClose(temp, true);

    assertThat(files(temp)).isEqualTo(before);
    assertThat(ids(temp)).containsExactly("0001");
  }

  @Test
  void open_whileAnotherRunWrites_isRefused() throws IOException {
    try (RunFolder _ = RunFolder.open(temp, false)) {
      assertThatThrownBy(() -> RunFolder.open(temp, true))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(temp + ": another run writes there (expected: one at a time)");
    }
    openAndClose(temp, false);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void open_lockOfADeadRun_doesNotBlock() throws IOException {
    Files.createFile(temp.resolve(".lock"));

    add(temp, false, RunsForTests.text("0001", 7));

    assertThat(ids(temp)).containsExactly("0001");
  }

  @Test
  void open_lineCutShort_isMended() throws IOException {
    add(temp, false, RunsForTests.text("0001", 7), RunsForTests.text("0002", 8));
    Path manifest = temp.resolve("manifest.jsonl");
    String whole = Files.readString(manifest);
    Files.writeString(manifest, whole.substring(0, whole.length() - 20));
    Files.writeString(temp.resolve("images/.0003.png.part"), "half");

    try (RunFolder run = RunFolder.open(temp, false)) {
      assertThat(run.warnings())
          .containsExactly(
              manifest + ": its last line was cut short and is left out",
              temp.resolve("images/0002.png") + " is not in the manifest; it stays as it is");
      assertThat(run.freeNumbers(1)).containsExactly(3);
      ManifestEntry _ = run.add(RunsForTests.text("0003", 8));
    }

    assertThat(ids(temp)).containsExactly("0001", "0003");
    assertThat(temp.resolve("images/.0003.png.part")).doesNotExist();
  }

  @Test
  void open_lineWithoutItsEnd_isKept() throws IOException {
    add(temp, false, RunsForTests.text("0001", 7));
    Path manifest = temp.resolve("manifest.jsonl");
    Files.writeString(manifest, Files.readString(manifest).stripTrailing());

    add(temp, false, RunsForTests.text("0002", 8));

    assertThat(ids(temp)).containsExactly("0001", "0002");
  }

  @Test
  void add_diskThatTakesNoMore_keepsWhatWasAdded() throws IOException {
    try (RunFolder run = RunFolder.open(temp, false)) {
      ManifestEntry _ = run.add(RunsForTests.text("0001", 7));
      // stands in for a full disk: nothing can be written there
      Files.createDirectories(temp.resolve("images/.0002.png.part/full"));

      assertThatThrownBy(() -> run.add(RunsForTests.masked("0002", "")))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(temp.resolve("images/0002.png") + " cannot be written: ");
    }

    assertThat(ids(temp)).containsExactly("0001");
    assertThat(temp.resolve("masks")).isEmptyDirectory();
  }

  @Test
  void add_fileThatIsThere_isNotWrittenOver() throws IOException {
    try (RunFolder run = RunFolder.open(temp, false)) {
      ManifestEntry _ = run.add(RunsForTests.text("0001", 7));
      Files.writeString(temp.resolve("images/0002.png"), "of another program");

      assertThatThrownBy(() -> run.add(RunsForTests.text("0002", 7)))
          .hasMessageContaining("0002.png cannot be written: ");
    }
    assertThat(temp.resolve("images/0002.png")).hasContent("of another program");
  }

  @Test
  void open_manifestOfSomethingElse_isRefusedWithItsLine() throws IOException {
    for (String line : List.of("not json", "{\"id\":\"a\"}", "null")) {
      Files.writeString(temp.resolve("manifest.jsonl"), line + "\n");

      assertThatThrownBy(() -> RunFolder.open(temp, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("manifest.jsonl: line 1 is not of a run");
    }
    add(temp.resolve("run"), false, RunsForTests.text("0001", 7));
    Path manifest = temp.resolve("run/manifest.jsonl");
    Files.writeString(
        manifest, Files.readString(manifest).replace("images/0001.png", "images/../../a.png"));
    assertThatThrownBy(() -> RunFolder.open(temp.resolve("run"), true))
        .hasMessageContaining("line 1 is not of a run");
  }

  @Test
  void open_folderWithOtherFiles_isRefusedUnlessOverwrite() throws IOException {
    Files.writeString(temp.resolve("thesis.txt"), "years of work");

    assertThatThrownBy(() -> RunFolder.open(temp, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds other files")
        .hasMessageContaining("--overwrite");
    add(temp, true, RunsForTests.text("0001", 7));
    assertThat(temp.resolve("thesis.txt")).exists();
  }

  @Test
  void open_reportOfSomethingElse_isRefused() throws IOException {
    Files.writeString(temp.resolve("report.html"), "years of work");

    assertThatThrownBy(() -> RunFolder.open(temp, true))
        .hasMessageContaining("holds a report.html of something else");
  }

  @Test
  void close_folderMadeForNothing_isRemoved() throws IOException {
    openAndClose(temp.resolve("run"), false);

    assertThat(temp).isEmptyDirectory();
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
