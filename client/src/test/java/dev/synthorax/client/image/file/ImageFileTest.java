package dev.synthorax.client.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.dicom.DicomUid;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
  @TempDir Path folder;

  private final GrayImage image = GrayImage.of(3, 2, new byte[] {0, 50, 100, (byte) 150, 9, 8});

  @Test
  void read_namesThatLie_followsTheContent() throws IOException {
    byte[] dicom = SecondaryCapture.builder(image, DicomUid.of("a")).build().toFile();

    assertThat(ImageFile.read(write("a.jpg", Png.encode(image)), 8)).isEqualTo(image);
    assertThat(ImageFile.read(write("b.png", dicom), 8)).isEqualTo(image);
    assertThat(ImageFile.read(write("1.2.3", dicom), 8)).isEqualTo(image);
    assertThat(ImageFile.read(write("c", Jpeg.encode(image, 100)), 8).width()).isEqualTo(3);
  }

  @Test
  void readMask_namesThatLie_followsTheContent() throws IOException {
    GrayImage ones = GrayImage.of(3, 2, new byte[] {0, 1, 1, 0, 0, 1});
    byte[] dicom = SecondaryCapture.builder(ones, DicomUid.of("a")).build().toFile();

    assertThat(ImageFile.readMask(write("a.jpg", Png.encode(ones)), 8).area()).isEqualTo(3);
    assertThat(ImageFile.readMask(write("b.png", dicom), 8).area()).isEqualTo(3);
    Path greys = write("c.png", Png.encode(image));
    assertThatThrownBy(() -> ImageFile.readMask(greys, 8))
        .hasMessageStartingWith(greys + ": 6 values: 0, 8, 9, 50, ... (expected: a mask of two");
  }

  @Test
  void read_badFiles_namesTheFile() throws IOException {
    Path missing = folder.resolve("missing.png");
    Path text = write("text.png", new byte[] {'h', 'i'});
    Path large = folder.resolve("large.png");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(20L << 20);
    }

    assertThatThrownBy(() -> ImageFile.read(missing, 8))
        .isInstanceOf(IOException.class)
        .hasMessage(missing + ": no such file (expected: an image)");
    assertThatThrownBy(() -> ImageFile.read(text, 8))
        .isInstanceOf(IOException.class)
        .hasMessage(text + ": no image (expected: PNG, JPEG, BMP, TIFF or DICOM)");
    assertThatThrownBy(() -> ImageFile.read(large, 8))
        .isInstanceOf(IOException.class)
        .hasMessage(large + ": 20971520 bytes (expected: an image of at most 8 pixels a side)");
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }
}
