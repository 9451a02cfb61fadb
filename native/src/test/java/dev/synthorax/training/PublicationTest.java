package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublicationTest {
  @TempDir Path folder;

  /** A model of one file. */
  private record OneFile(String name) implements Recipe.Result {
    @Override
    public Identity identify(Identity before) {
      return before;
    }

    @Override
    public void write(Path into) throws IOException {
      Files.createDirectories(into.resolve("1"));
      Files.writeString(into.resolve("1").resolve(name), name);
    }
  }

  @Test
  void publish_newFolder_saysWhatDecidedIt() throws IOException {
    Path target = folder.resolve("models/reader");
    Identity identity = Identity.NONE.with("seed", 3);

    new Publication(target).publish(new OneFile("model.onnx"), identity);

    assertThat(target.resolve("1/model.onnx")).hasContent("model.onnx");
    assertThat(Identity.parse(Files.readString(target.resolve("training.json"))))
        .isEqualTo(identity);
  }

  @Test
  void publish_overAnEarlierModel_dropsItsFilesAndKeepsOthers() throws IOException {
    var publication = new Publication(folder.resolve("reader"));
    publication.publish(new OneFile("old.onnx"), Identity.NONE);
    Work.write(folder.resolve("reader/notes/MODEL_CARD.md"), "by hand");

    publication.publish(new OneFile("new.onnx"), Identity.NONE);

    assertThat(Work.contents(folder.resolve("reader")))
        .containsOnlyKeys("1/new.onnx", "notes/MODEL_CARD.md", "training.json");
  }

  @Test
  void requireOurs_folderOfSomethingElse_isRefusedAndLeftAlone() throws IOException {
    Work.write(folder.resolve("letters/a.txt"), "dear");
    var publication = new Publication(folder.resolve("letters"));

    assertThatThrownBy(publication::requireOurs)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("letters: there is something", "move it away or take another");
    assertThatThrownBy(() -> publication.publish(new OneFile("x"), Identity.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(folder.resolve("letters/a.txt")).hasContent("dear");
  }

  @Test
  void requireOurs_missingOrEmptyFolder_isFine() throws IOException {
    new Publication(folder).requireOurs();
    new Publication(folder.resolve("none")).requireOurs();
    new Publication(folder).publish(new OneFile("x"), Identity.NONE);

    assertThat(folder.resolve("1/x")).hasContent("x");
  }
}
