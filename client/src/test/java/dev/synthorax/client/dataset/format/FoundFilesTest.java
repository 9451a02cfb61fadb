package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.BinaryMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the images of every format are found, and what becomes of those that are not. */
class FoundFilesTest {
  private static final int COUNT = 3;

  @TempDir private Path folder;
  private Path set = Path.of("");

  @BeforeEach
  void name() {
    set = folder.resolve("set");
  }

  /** Images without a finding, which every format holds. */
  private void write(DatasetFormat format) throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
      for (Structure structure : Structure.CHANNELS) {
        masks.put(structure, BinaryMask.empty(8, 8));
      }
      ImageInfo info =
          ImageInfo.builder("1.2.3." + i)
              .view(View.PA)
              .split(Split.TRAIN)
              .label("pneumothorax", Label.NEGATIVE)
              .label("pneumonia", Label.NEGATIVE)
              .build();
      samples.add(new Sample(info, Fixture.picture(i, 8, 8), masks));
    }
    Fixture.write(format, set, WriteOptions.of(warning -> {}), samples);
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> entries = Files.list(set)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  private void assertAllFound(DatasetFormat format) throws IOException {
    Dataset dataset = DatasetFormat.detect(set).open(set, ReadOptions.DEFAULT);
    assertThat(dataset.format()).isEqualTo(format.wireName());
    assertThat(dataset.images()).hasSize(COUNT);
    for (DatasetImage image : dataset.images()) {
      assertThat(image.missingFile()).isNull();
      assertThat(image.load().image().width()).isEqualTo(8);
    }
    assertThat(dataset.warnings())
        .noneMatch(warning -> warning.contains("no file") || warning.contains("passed over"));
  }

  @ParameterizedTest
  @EnumSource
  void images_behindLinks_areFound(DatasetFormat format) throws IOException, InterruptedException {
    write(format);
    for (Path directory : folders()) {
      Path store = folder.resolve("store-" + directory.getFileName());
      Files.move(directory, store);
      Files.createSymbolicLink(directory, store);
    }

    assertAllFound(format);
  }

  @ParameterizedTest
  @EnumSource(value = DatasetFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "NNUNET")
  void images_inAFolderOfTheirOwnName_areFound(DatasetFormat format)
      throws IOException, InterruptedException {
    write(format);
    for (Path directory : folders()) {
      Path moved = folder.resolve("moved");
      Files.move(directory, moved);
      Files.createDirectories(directory);
      Files.move(moved, directory.resolve(directory.getFileName()));
    }

    assertAllFound(format);
  }

  @ParameterizedTest
  @EnumSource(value = DatasetFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "NNUNET")
  void images_inOneFolderMore_areFound(DatasetFormat format)
      throws IOException, InterruptedException {
    write(format);
    Path archive = folder.resolve("archive");
    Files.createDirectories(archive);
    for (Path directory : folders()) {
      Files.move(directory, archive.resolve(directory.getFileName()));
    }
    Files.move(archive, set.resolve("archive"));

    assertAllFound(format);
  }

  @ParameterizedTest
  @EnumSource
  void images_besideALinkThatLeadsBackAndSystemFiles_areFound(DatasetFormat format)
      throws IOException, InterruptedException {
    write(format);
    for (Path directory : folders()) {
      Files.createSymbolicLink(directory.resolve("loop"), directory);
      Files.createSymbolicLink(directory.resolve("nowhere"), folder.resolve("gone"));
      for (String name : List.of(".DS_Store", "Thumbs.db", "desktop.ini", "._1.2.3.0.dcm")) {
        Fixture.file(directory, name, "left behind");
      }
      Fixture.file(directory, "__MACOSX/1.2.3.0.dcm", "left behind");
    }

    Dataset dataset = format.open(set, ReadOptions.DEFAULT);

    assertThat(dataset.images()).hasSize(COUNT).allMatch(image -> image.missingFile() == null);
    assertThat(dataset.warnings())
        .noneMatch(warning -> warning.contains("DS_Store") || warning.contains("Thumbs"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"WEBDATASET", "SHARDS"})
  void images_thatAreMissing_canBeLeftOut(DatasetFormat format)
      throws IOException, InterruptedException {
    write(format);
    Dataset whole = format.open(set, ReadOptions.DEFAULT);
    Path gone = whole.images().get(1).source().files().getFirst();
    Files.delete(gone);
    Dataset dataset = format.open(set, ReadOptions.DEFAULT);

    Dataset present = format.open(set, ReadOptions.DEFAULT.withSkipMissing(true));

    int listed = format == DatasetFormat.DICOM ? COUNT - 1 : COUNT; // only files tell of a film
    assertThat(dataset.images()).hasSize(listed);
    assertThat(present.images()).hasSize(COUNT - 1);
    assertThat(present.leftOut()).isEqualTo(listed - COUNT + 1);
    for (DatasetImage image : present.images()) {
      assertThat(image.load().image()).isNotNull();
    }
    if (listed == COUNT) {
      List<DatasetImage> missing =
          dataset.images().stream().filter(image -> image.missingFile() != null).toList();
      assertThat(missing).hasSize(1);
      assertThatThrownBy(() -> missing.getFirst().load())
          .hasMessageContaining("no such file")
          .hasMessageContaining("named in " + missing.getFirst().source().at());
      assertThat(present.warnings())
          .last()
          .asString()
          .startsWith(set + ": 1 of 3 images are missing and left out; the first is ");
    }
  }

  @Test
  void images_allMissing_areNotLeftOut() throws IOException, InterruptedException {
    write(DatasetFormat.CHEXPERT);
    Files.move(set.resolve("train"), folder.resolve("elsewhere"));

    assertThatThrownBy(
            () -> DatasetFormat.CHEXPERT.open(set, ReadOptions.DEFAULT.withSkipMissing(true)))
        .hasMessageStartingWith(set + ": all of 3 images are missing");
  }

  @Test
  void maskFile_thatIsMissing_leavesItsImageOut() throws IOException, InterruptedException {
    write(DatasetFormat.FOLDER);
    Files.delete(set.resolve("masks/1.2.3.1-heart.png"));

    Dataset dataset = DatasetFormat.FOLDER.open(set, ReadOptions.DEFAULT.withSkipMissing(true));

    assertThat(DicomFixture.ids(dataset)).containsExactly("1.2.3.0", "1.2.3.2");
    assertThat(dataset.images().getFirst().source().structures())
        .containsExactlyElementsOf(Structure.CHANNELS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"images/extra.png", "masks/1.2.3.9-heart.png", "images/readme.txt"})
  void folder_fileInNoRow_isCountedAndNamed(String name) throws IOException, InterruptedException {
    write(DatasetFormat.FOLDER);
    Fixture.file(set, name, "x");

    Dataset dataset = DatasetFormat.FOLDER.open(set, ReadOptions.DEFAULT);

    assertThat(dataset.warnings())
        .containsExactly(
            set.resolve("images.csv")
                + ": 1 file of "
                + name.substring(0, name.indexOf('/') + 1)
                + " in no row of it, passed over: "
                + name);
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"SIIM", "RSNA", "NIH", "CANDID_PTX"})
  void tableFormats_imageInNoRow_isCountedAndNamed(DatasetFormat format)
      throws IOException, InterruptedException {
    write(format);
    Path image =
        format.open(set, ReadOptions.DEFAULT).images().getFirst().source().files().getFirst();
    String directory = set.relativize(image).getName(0).toString();
    Fixture.file(set, directory + "/9.9.9.png", "x");
    Fixture.file(set, directory + "/notes.txt", "x");

    assertThat(format.open(set, ReadOptions.DEFAULT).warnings())
        .anyMatch(
            warning ->
                warning.endsWith(
                    ": 1 image file is not in it and passed over: " + directory + "/9.9.9.png"));
  }

  @Test
  void siim_underItsPresentNames_isFoundAndRead() throws IOException {
    Fixture.file(set, "stage_2_train.csv", "ImageId,EncodedPixels", "ID_0a0adf93f,-1", "ID_2,1 2");
    DicomFixture.dicom(set, "stage_2_images/ID_0a0adf93f.dcm", 1);
    DicomFixture.dicom(set, "stage_2_images/ID_2.dcm", 2);

    Dataset dataset = DatasetFormat.detect(set).open(set, ReadOptions.DEFAULT);

    assertThat(dataset.format()).isEqualTo("siim");
    assertThat(DicomFixture.load(dataset, "ID_2").mask(Structure.PNEUMOTHORAX).area()).isEqualTo(2);
    assertThat(DicomFixture.load(dataset, "ID_0a0adf93f").info().has("pneumothorax")).isFalse();
    assertThat(dataset.warnings()).isEmpty();
  }

  @Test
  void detect_dicomBesideATableThatIsNotTaken_isNoPlainFolder() throws IOException {
    Fixture.file(set, "train-rle.csv", "Image,EncodedPixels", "1.2,-1");
    DicomFixture.dicom(set, "dicom-images-train/1.2.dcm", 1);

    assertThatThrownBy(() -> DatasetFormat.detect(set)).hasMessageContaining("as siim: ");
  }
}
