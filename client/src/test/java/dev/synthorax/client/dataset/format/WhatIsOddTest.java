package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is odd but not wrong is told when an image is loaded, and tables are named for what they
 * are.
 */
class WhatIsOddTest {
  private static final String CHEXPERT_HEADER =
      "Path,Sex,Age,Frontal/Lateral,AP/PA," + String.join(",", Vocabulary.CHEXPERT.names());

  @TempDir private Path folder;

  private final Warnings odd = new Warnings();

  @Test
  void load_boxesBeyondTheImage_areToldAndCounted() throws IOException, InterruptedException {
    ImageInfo info =
        ImageInfo.builder("a")
            .box(new Box("mass", 600, 500, 300, 200))
            .box(new Box("mass", -5, 3, 10, 10))
            .box(new Box("mass", -0.4, 0, 64.9, 64))
            .build();
    Fixture.write(
        DatasetFormat.FOLDER,
        folder,
        Fixture.options(),
        List.of(new Sample(info, Fixture.picture(1, 64, 64), Map.of())));

    DatasetFormat.FOLDER
        .open(folder, ReadOptions.DEFAULT.withOddities(odd))
        .images()
        .getFirst()
        .load();

    String at = folder.resolve("images.csv") + ": line 2: ";
    assertThat(odd.lines())
        .containsExactly(
            at
                + "box of mass ends at 900 x 700 in an image of 64 x 64 (expected: within; was the"
                + " image resized and the box not?)",
            at + "box of mass starts at -5, 3 (expected: 0 or more)");
    assertThat(odd.count(DatasetFormat.BOXES_BEYOND)).isEqualTo(2);
  }

  @Test
  void load_sixteenBitImageOfTwelveBitValues_isToldOf() throws IOException {
    Fixture.file(folder, "images.csv", "image", "a.png", "b.png");
    Fixture.image(folder, "a.png", deep(4095));
    Fixture.image(folder, "b.png", deep(65535));

    for (var image :
        DatasetFormat.FOLDER.open(folder, ReadOptions.DEFAULT.withOddities(odd)).images()) {
      image.load();
    }

    assertThat(odd.lines())
        .containsExactly(
            folder.resolve("a.png")
                + ": 16-bit image without a value above 4095 of 65535: it is read as nearly black"
                + " (expected: the whole range; multiply its values by 16) (named in "
                + folder.resolve("images.csv")
                + ": line 2)");
  }

  private static byte[] deep(int brightest) throws IOException {
    var image =
        new java.awt.image.BufferedImage(4, 4, java.awt.image.BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(1, 1, 0, brightest);
    var bytes = new java.io.ByteArrayOutputStream();
    javax.imageio.ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  @Test
  void detect_tableSeparatedBySemicolons_isNamedForWhatItIs() throws IOException {
    Fixture.file(folder, "train.csv", CHEXPERT_HEADER.replace(',', ';'));

    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessage(
            folder
                + " holds no dataset that can be read: as chexpert: "
                + folder.resolve("train.csv")
                + ": separated by semicolons (expected: commas; save the table as CSV with commas,"
                + " and points in numbers)");
  }

  @Test
  void detect_tableWithoutAColumn_saysWhichAndWhatItHas() throws IOException {
    Fixture.file(folder, "train-rle.csv", "Image,EncodedPixels", "1.2,-1");

    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessageStartingWith(folder + " holds no dataset that can be read: as siim: ")
        .hasMessageEndingWith("no column 'ImageId' (found: 'Image', 'EncodedPixels')");
  }

  @Test
  void detect_datasetOneFolderDeeper_isPointedAt() throws IOException {
    Fixture.file(folder, "archive/images.csv", "image", "a.png");

    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessage(
            folder
                + " holds no dataset itself; "
                + folder.resolve("archive")
                + " holds one, of format folder (expected: the folder with the tables)");
  }

  @Test
  void detect_nnUNetOfVersionOne_isNamedForWhatItIs() throws IOException {
    Fixture.file(
        folder,
        "dataset.json",
        "{\"modality\":{\"0\":\"XR\"},\"labels\":{\"0\":\"background\",\"1\":\"lungs\"},"
            + "\"numTraining\":1,\"training\":[{\"image\":\"./imagesTr/c.png\"}]}");
    Fixture.image(folder, "imagesTr/c_0000.png", Png.encode(Fixture.picture(1, 4, 4)));

    assertThat(DatasetFormat.detect(folder)).isEqualTo(DatasetFormat.NNUNET);
    assertThatThrownBy(() -> Fixture.open(DatasetFormat.NNUNET, folder))
        .hasMessage(
            folder.resolve("dataset.json")
                + ": of nnU-Net v1 (expected: v2: channel_names, labels by name, file_ending;"
                + " nnUNetv2_convert_old_nnUNet_dataset converts it)");
  }

  @Test
  void open_halfDownloadedTable_isNoDatasetInSilence() throws IOException {
    Files.createFile(folder.resolve("images.csv"));

    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessageContaining("images.csv is empty (expected: a header line)");
  }
}
