package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.reading.ReaderRecipe;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkFolderTest {
  private static final Identity RUN = Identity.NONE.with("recipe", "some");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "checkpoints/x",
        "checkpoint.safetensors",
        "latents.safetensors",
        "pipeline/tokenizer/x"
      })
  void open_resultsWithoutIdentity_refusedWithWhatToDo(String left) throws IOException {
    Work.write(folder.resolve(left), "");

    assertThatThrownBy(() -> WorkFolder.open(folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(folder.toString(), "earlier version", "copy recipe.json");
  }

  @Test
  void open_whileAnotherRunWorksInIt_isRefused() throws IOException {
    try (WorkFolder _ = WorkFolder.open(folder)) {
      assertThatThrownBy(() -> WorkFolder.open(folder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another run works in it");
    }
    try (WorkFolder again = WorkFolder.open(folder)) {
      assertThat(again.file("recipe.json")).doesNotExist();
    }
  }

  @Test
  void layOut_editedFile_stays() throws IOException {
    Work.write(folder.resolve("recipe.json"), "mine");

    try (WorkFolder work = WorkFolder.open(folder)) {
      work.layOut(ReaderRecipe.SEGMENTER);
    }

    assertThat(folder.resolve("recipe.json")).hasContent("mine");
    assertThat(folder.resolve("config.json")).isRegularFile();
  }

  @Test
  void claim_otherRun_refusedWithTheDifference() throws IOException {
    try (WorkFolder work = WorkFolder.open(folder)) {
      work.claim(RUN);
      work.claim(RUN);

      assertThatThrownBy(() -> work.claim(RUN.with("recipe", "other").with("seed", 2)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(
              "of another run: recipe was some, now other (and 1 more); undo the change");
    }
  }

  @Test
  void finished_resultsPublished_onlyForTheirIdentity() throws IOException {
    try (WorkFolder work = WorkFolder.open(folder)) {
      Work.write(work.checkpoint("stage"), "");

      boolean before = work.finished("stage", RUN);
      work.finish("stage", RUN, out -> Files.writeString(out.resolve("x"), "result"));

      assertThat(before).isFalse();
      assertThat(work.finished("stage", RUN)).isTrue();
      assertThat(work.result("stage").resolve("x")).hasContent("result");
      assertThat(work.checkpoint("stage")).doesNotExist();
      assertThatThrownBy(() -> work.finished("stage", RUN.with("seed", 2)))
          .hasMessageContaining("seed was absent, now 2");
    }
  }

  @Test
  void finished_resultsWithoutIdentity_areRefused() throws IOException {
    try (WorkFolder work = WorkFolder.open(folder)) {
      Files.createDirectories(work.result("stage"));

      assertThatThrownBy(() -> work.finished("stage", RUN))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("of another run");
    }
  }
}
