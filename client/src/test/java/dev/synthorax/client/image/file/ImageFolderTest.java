package dev.synthorax.client.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.dicom.DicomUid;
import dev.synthorax.client.image.dicom.SecondaryCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  private static final GrayImage IMAGE = GrayImage.of(8, 1, new byte[8]);
  private static final byte[] PNG = Png.encode(IMAGE);
  private static final byte[] TEXT = "no image at all".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  @Test
  void list_anyTypeUnderAnyName_isFoundByContent() throws IOException {
    Path dicom =
        write("1.2.840", SecondaryCapture.builder(IMAGE, DicomUid.of("a")).build().toFile());
    Path lying = write("b.jpg", PNG);
    Path unnamed = write("c.mask", Jpeg.encode(IMAGE, 90));
    Path notes = write("notes.txt", TEXT);

    ImageFolder found = ImageFolder.list(folder);

    assertThat(found.images()).containsExactly(dicom, lying, unnamed);
    assertThat(found.others()).containsExactly(notes);
    assertThat(found.warnings())
        .containsExactly(folder + ": 1 file is no image and was passed over: notes.txt");
  }

  @Test
  void list_hiddenAndSystemFiles_arePassedOverWithoutAWord() throws IOException {
    Path image = write("a.png", PNG);
    for (String name :
        new String[] {".DS_Store", "Thumbs.db", "desktop.ini", "._a.png", "__MACOSX/._a.png"}) {
      write(name, TEXT);
    }

    ImageFolder found = ImageFolder.walk(folder, 3);

    assertThat(found.images()).containsExactly(image);
    assertThat(found.warnings()).isEmpty();
  }

  @Test
  void list_noImageUnderAnImagesName_isKeptSoThatReadingFails() throws IOException {
    Path damaged = write("a.PNG", TEXT);
    Path empty = write("b.webp", new byte[0]);

    assertThat(ImageFolder.list(folder).images()).containsExactly(damaged, empty);
  }

  @Test
  void walk_linksAndDepth_areFollowedAsFarAsAsked() throws IOException {
    Path elsewhere = write("elsewhere/p1/s1/film", PNG);
    Path set = Files.createDirectories(folder.resolve("set"));
    Files.createSymbolicLink(set.resolve("images"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(set.resolve("one.png"), elsewhere);
    Files.createSymbolicLink(set.resolve("round"), set);
    Files.createSymbolicLink(set.resolve("lost.png"), folder.resolve("nowhere"));

    ImageFolder deep = ImageFolder.walk(set, 4);
    ImageFolder flat = ImageFolder.list(set);

    assertThat(deep.images())
        .containsExactly(
            set.resolve("images/p1/s1/film"), set.resolve("lost.png"), set.resolve("one.png"));
    assertThat(deep.warnings()).isEmpty();
    assertThat(flat.images()).containsExactly(set.resolve("lost.png"), set.resolve("one.png"));
    assertThat(flat.warnings())
        .containsExactly(set + ": 2 folders in it were not entered: images, round");
  }

  @Test
  void byStem_namesThatDifferInTheirEndings_meet() throws IOException {
    write("1.2.3.dcm", PNG);
    Path unnamed = write("1.2.4", PNG);

    assertThat(ImageFolder.list(folder).byStem())
        .containsOnlyKeys("1.2.3", "1.2.4")
        .containsEntry("1.2.4", unnamed);
  }

  @Test
  void byStem_twoFilesOfOneStem_areNamed() throws IOException {
    Path png = write("a.png", PNG);
    Path jpeg = write("a.jpg", PNG);

    ImageFolder found = ImageFolder.list(folder);

    assertThatThrownBy(found::byStem)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(png + ": has the name of " + jpeg + " but for the ending");
  }

  @Test
  void requireImages_noneOrNoFolder_saysWhatIsThere() throws IOException {
    for (String name : new String[] {"a.txt", "b.txt", "c.csv", "d.txt"}) {
      write(name, TEXT);
    }
    ImageFolder found = ImageFolder.list(folder);
    Path missing = folder.resolve("missing");

    assertThatThrownBy(found::requireImages)
        .hasMessage(
            folder
                + ": no images (expected: PNG, JPEG, BMP, TIFF or DICOM files); 4 files that are"
                + " none: a.txt, b.txt, c.csv, ...");
    assertThatThrownBy(() -> ImageFolder.list(missing))
        .hasMessage(missing + ": no folder (expected: a folder of images)");
  }
}
