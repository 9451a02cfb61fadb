package dev.synthorax.client.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilmFileTest {
  @TempDir private Path temp;

  private Path film(String name) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    return Files.write(file, Png.encode(GrayImage.of(2, 1, new byte[2])));
  }

  @Test
  void of_filesAndFolders_areNamedByWhereTheyLie() throws IOException {
    Path alone = film("alone.v1.png");
    film("folder/patient1/view.png");
    film("folder/patient2/view.png");
    film("folder/view.png");
    Files.writeString(temp.resolve("folder/notes.txt"), "no image");
    List<String> warnings = new ArrayList<>();

    List<FilmFile> films = FilmFile.of(List.of(alone, temp.resolve("folder")), warnings::add);

    assertThat(films)
        .extracting(FilmFile::name)
        .containsExactly("alone.v1", "patient1_view", "patient2_view", "view");
    assertThat(warnings).singleElement().asString().contains("notes.txt");
  }

  @Test
  void of_twoFilesOfOneName_areRefusedByBothNames() throws IOException {
    Path first = film("a/view.png");
    Path second = film("b/view.jpg");

    assertThatThrownBy(() -> FilmFile.of(List.of(first, second), warning -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(first.toString())
        .hasMessageContaining(second.toString());
  }

  @Test
  void toSend_imageLargerThanAServerTakes_isMadeSmaller() {
    GrayImage large = GrayImage.of(8192, 16, new byte[8192 * 16]);
    GrayImage small = GrayImage.of(4096, 16, new byte[4096 * 16]);

    GrayImage sent = FilmFile.toSend(large);

    assertThat(sent.width()).isEqualTo(4096);
    assertThat(sent.height()).isEqualTo(8);
    assertThat(FilmFile.toSend(small)).isSameAs(small);
  }
}
