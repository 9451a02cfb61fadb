package dev.synthorax.client.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFileTest {
  @TempDir private Path folder;

  private static WholeFile.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void replace_fileThatIsThere_hasTheNewContent() throws IOException {
    Path file = folder.resolve("a.json");

    WholeFile.replace(file, text("old and long"));
    WholeFile.replaceForced(file, text("new"));

    assertThat(file).hasContent("new");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void replace_contentThatFailsHalfWay_leavesTheFileAndNothingBeside() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "old");

    assertThatThrownBy(
            () ->
                WholeFile.replace(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("no room");
                    }))
        .hasMessage("no room");

    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("a.json");
  }

  @Test
  void create_fileThatIsThere_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("a.png"), "of somebody");

    assertThatThrownBy(() -> WholeFile.create(file, text("mine")))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(file).hasContent("of somebody");
    assertThat(folder.toFile().list()).containsExactly("a.png");
  }

  @Test
  void part_whatLiesInItsPlaceAndIsNotOurs_stays() throws IOException {
    Path file = folder.resolve("a.png");
    Files.createDirectories(WholeFile.part(file).resolve("full"));

    assertThatThrownBy(() -> WholeFile.create(file, text("mine"))).isInstanceOf(IOException.class);

    assertThat(WholeFile.part(file).resolve("full")).exists();
  }
}
