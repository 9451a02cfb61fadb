package dev.synthorax.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelFoldersTest {
  @TempDir private Path root;

  private Path model(String path) throws IOException {
    Path folder = Files.createDirectories(root.resolve(path));
    Files.writeString(folder.resolve("model_index.json"), "{}");
    return folder;
  }

  @Test
  void scan_folderOfModels_findsThemAndLeavesTheRest() throws IOException {
    model("a/two");
    model("a/one");
    Files.createDirectories(root.resolve("a/notes"));

    assertThat(ModelFolders.scan(List.of(root.resolve("a"))).keySet())
        .containsExactly("one", "two");
  }

  @Test
  void scan_oneModelItself_isTaken() throws IOException {
    Path folder = model("a/one");

    assertThat(ModelFolders.scan(List.of(folder))).containsEntry("one", folder);
  }

  @Test
  void scan_missingFolder_failsInOneLine() {
    assertThatThrownBy(() -> ModelFolders.scan(List.of(root.resolve("nowhere"))))
        .isInstanceOf(InferenceException.class)
        .hasMessage(root.resolve("nowhere") + ": no such folder (expected: a folder of models)");
  }

  @Test
  void scan_noModel_fails() {
    assertThatThrownBy(() -> ModelFolders.scan(List.of(root)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("no models (expected: folders with model_index.json)");
  }

  @Test
  void scan_sameNameTwice_fails() throws IOException {
    model("a/one");
    model("b/one");

    assertThatThrownBy(() -> ModelFolders.scan(List.of(root.resolve("a"), root.resolve("b"))))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith("one: two models of that name");
  }
}
