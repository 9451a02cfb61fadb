package dev.synthorax.client.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetFolderTest {
  @TempDir Path folder;

  private void film(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    GrayImage image = GrayImage.of(4, 3, new byte[12]);
    Files.write(file, SecondaryCapture.builder(image, "2.25.1").build().toFile());
  }

  @Test
  void find_dicomFilesInFoldersBelow_areADataset() throws IOException {
    film("study/film");

    assertThat(DatasetFolder.find(folder)).isNotNull();
  }

  @Test
  void find_dicomFilesSideBySide_arePlainFiles() throws IOException {
    film("film");

    assertThat(DatasetFolder.find(folder)).isNull();
  }
}
