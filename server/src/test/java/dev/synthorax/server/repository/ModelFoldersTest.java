package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelFoldersTest {
  @TempDir private Path root;

  private Path model(String path) throws IOException {
    Path folder = Files.createDirectories(root.resolve(path));
    Files.writeString(folder.resolve("model_index.json"), "{}");
    return folder;
  }

  private static SortedMap<String, ModelFolders.Found> scan(Path... roots) {
    return new ModelFolders(List.of(roots), ModelLoader.all()).scan();
  }

  @Test
  void scan_folderOfModels_findsThemAndLeavesTheRest() throws IOException {
    model("a/two");
    model("a/one");
    model("a/.one.0000002a.partial"); // being written
    Files.createDirectories(root.resolve("a/notes"));

    assertThat(scan(root.resolve("a")).keySet()).containsExactly("one", "two");
  }

  @Test
  void scan_oneModelItself_isTaken() throws IOException {
    Path folder = model("a/one");

    assertThat(scan(folder).get("one"))
        .satisfies(
            found -> {
              assertThat(found.folder()).isEqualTo(folder);
              assertThat(found.loader()).isInstanceOf(DiffusionLoader.class);
            });
  }

  @Test
  void scan_anotherKindOfModel_goesToTheLoaderThatClaimsIt() throws IOException {
    model("a/pipeline");
    Files.createFile(Files.createDirectories(root.resolve("a/plain/1")).resolve("model.onnx"));
    var plain =
        new ModelLoader() {
          @Override
          public String kind() {
            return "a plain model";
          }

          @Override
          public @Nullable String lacks(Path folder) {
            return Files.exists(folder.resolve("1/model.onnx")) ? null : "no 1/model.onnx";
          }

          @Override
          @MustBeClosed
          public ServedModel load(Request request) {
            throw new AssertionError("only the folder is looked at");
          }
        };

    var found =
        new ModelFolders(List.of(root.resolve("a")), List.of(new DiffusionLoader(), plain)).scan();

    assertThat(requireNonNull(found.get("plain")).loader()).isSameAs(plain);
    assertThat(requireNonNull(found.get("pipeline")).loader()).isInstanceOf(DiffusionLoader.class);
  }

  @Test
  void scan_missingFolder_failsInOneLine() {
    assertThatThrownBy(() -> scan(root.resolve("nowhere")))
        .isInstanceOf(InferenceException.class)
        .hasMessage(root.resolve("nowhere") + ": no such folder (expected: a folder of models)");
  }

  @Test
  void scan_noModel_fails() {
    assertThatThrownBy(() -> scan(root))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining(
            "no models (expected: folders with model_index.json, config.pbtxt or 1/model.onnx)");
  }

  @Test
  void scan_sameNameTwice_fails() throws IOException {
    model("a/one");
    model("b/one");

    assertThatThrownBy(() -> scan(root.resolve("a"), root.resolve("b")))
        .isInstanceOf(InferenceException.class)
        .hasMessageStartingWith("one: two models of that name");
  }
}
