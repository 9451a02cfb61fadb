package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.Jpeg;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheXpertLayoutTest {
  /** The first line of the published tables. */
  private static final String HEADER =
      "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,"
          + "Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,"
          + "Pleural Effusion,Pleural Other,Fracture,Support Devices";

  private static final String ROW =
      "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,AP,"
          + "1.0,,,,,,,,,0.0,,,,1.0";

  @TempDir private Path folder;

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.CHEXPERT, folder);
  }

  private ImageInfo first() throws IOException {
    return open().images().getFirst().info();
  }

  @Test
  void open_publishedRow_isReadAsItIsMeant() throws IOException {
    Fixture.file(
        folder,
        "train.csv",
        HEADER,
        ROW,
        "CheXpert-v1.0-small/train/patient00002/study1/view2_lateral.jpg,Unknown,0,Lateral,,"
            + ",,-1.0,1.0,,-1.0,0.0,,,,,,,");

    List<ImageInfo> infos = open().images().stream().map(DatasetImage::info).toList();

    ImageInfo frontal = infos.get(0);
    assertThat(frontal.id()).isEqualTo("patient00001_study1_view1_frontal");
    assertThat(frontal.patientId()).isEqualTo("patient00001");
    assertThat(frontal.studyId()).isEqualTo("patient00001_study1");
    assertThat(frontal.sex()).isEqualTo(Sex.FEMALE);
    assertThat(frontal.ageYears()).isEqualTo(68);
    assertThat(frontal.view()).isEqualTo(View.AP);
    assertThat(frontal.split()).isEqualTo(Split.TRAIN);
    assertThat(frontal.labels())
        .isEqualTo(
            Map.of(
                "no_finding", Label.POSITIVE,
                "pneumothorax", Label.NEGATIVE,
                "support_devices", Label.POSITIVE));
    ImageInfo lateral = infos.get(1);
    assertThat(lateral.sex()).isNull();
    assertThat(lateral.ageYears()).isNull();
    assertThat(lateral.view()).isEqualTo(View.LATERAL);
    assertThat(lateral.labels())
        .isEqualTo(
            Map.of(
                "cardiomegaly", Label.UNCERTAIN,
                "lung_opacity", Label.POSITIVE,
                "edema", Label.UNCERTAIN,
                "consolidation", Label.NEGATIVE));
  }

  @ParameterizedTest
  @CsvSource({
    "CheXpert-v1.0/train, train",
    "CheXpert-v1.0-small/train, CheXpert-v1.0-small/train",
    "train, train",
    "data/CheXpert-v1.0/train, train"
  })
  void load_anyPrefix_findsTheFile(String prefix, String where) throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW.replace("CheXpert-v1.0-small/train", prefix));
    byte[] jpeg = Jpeg.encode(Fixture.picture(1, 16, 8), 90);
    Fixture.image(folder, where + "/patient00001/study1/view1_frontal.jpg", jpeg);

    Sample sample = open().images().getFirst().load();

    assertThat(sample.image()).isEqualTo(Jpeg.decode(jpeg, 16));
  }

  @Test
  void open_tablesOfOtherSplits_areReadToo() throws IOException {
    Fixture.file(folder, "valid.csv", HEADER, ROW.replace("/train/", "/valid/"));
    Fixture.file(
        folder,
        "test_labels.csv",
        "Path,Atelectasis,Edema",
        "test/patient64741/study1/view1_frontal.jpg,0.0,1.0");

    Dataset dataset = open();

    assertThat(dataset.images().get(0).info().split()).isEqualTo(Split.VALIDATION);
    ImageInfo test = dataset.images().get(1).info();
    assertThat(test.split()).isEqualTo(Split.TEST);
    assertThat(test.patientId()).isEqualTo("patient64741");
    assertThat(test.has("edema")).isTrue();
    assertThat(test.view()).isNull();
  }

  @Test
  void open_patientInTwoSplits_isWarnedAbout() throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW);
    Fixture.file(
        folder, "valid.csv", HEADER, ROW.replace("/train/", "/valid/").replace("view1_", "view9_"));

    assertThat(open().warnings())
        .containsExactly(
            folder.resolve("valid.csv")
                + ": line 2: patient 'patient00001' is in train and validation (expected: one"
                + " split)");
  }

  @ParameterizedTest
  @CsvSource({
    "Female, Femal, Sex 'Femal' (expected: Male, Female or Unknown)",
    "',68,', ',200,', Age '200' (expected: 0..150)",
    "',68,', ',old,', Age 'old' (expected: a finite decimal number)",
    "Frontal, Front, Frontal/Lateral 'Front' (expected: Frontal or Lateral)",
    "',AP,', ',AX,', 'AP/PA ''AX'' (expected: AP, PA, LL, RL or blank)'",
    "',AP,1.0,', ',AP,2.0,', 'No Finding ''2.0'' (expected: 1, 0, -1 or blank)'",
    "patient00001, pat1, 'pat1/study1/view1_frontal.jpg'' (expected: CheXpert-v1.0/train/'",
  })
  void open_badValue_namesFileLineColumnAndValue(String from, String to, String message)
      throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW.replace(from, to));

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("train.csv") + ": line 2: ")
        .hasMessageContaining(message);
  }

  @Test
  void open_imageTwice_namesTheSecondRow() throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW, ROW);

    assertThatThrownBy(this::open)
        .hasMessageContaining("train.csv: line 3: image 'patient00001_study1_view1_frontal'");
  }

  @Test
  void open_missingColumn_isNamedWithThoseFound() throws IOException {
    Fixture.file(folder, "train.csv", HEADER.replace(",Edema", ""), ROW.replace(",,", ","));

    assertThatThrownBy(this::open)
        .hasMessageContaining("no column 'Edema' (found: 'Path', 'Sex', 'Age'");
  }

  @Test
  void load_missingFile_namesFileAndRow() throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW);

    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessage(
            folder.resolve("train/patient00001/study1/view1_frontal.jpg")
                + ": no such file (named in "
                + folder.resolve("train.csv")
                + ": line 2)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 200})
  void load_truncatedImage_namesFileAndRow(int bytes) throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW);
    byte[] jpeg = Jpeg.encode(Fixture.picture(1, 64, 64), 90);
    Fixture.image(
        folder, "train/patient00001/study1/view1_frontal.jpg", Arrays.copyOf(jpeg, bytes));

    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("view1_frontal.jpg: ")
        .hasMessageContaining("train.csv: line 2");
  }

  @Test
  void load_imageBeyondTheLimit_isRefused() throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW);
    Fixture.image(
        folder,
        "train/patient00001/study1/view1_frontal.jpg",
        Jpeg.encode(Fixture.picture(1, 64, 64), 90));
    Dataset small = DatasetFormat.CHEXPERT.open(folder, ReadOptions.DEFAULT.withMaxSidePixels(63));

    assertThatThrownBy(() -> small.images().getFirst().load())
        .hasMessageContaining("image of 64 x 64 pixels (expected: at most 63 a side)");
  }

  @Test
  void write_idsOfItsOwnAndOthers_keepsItsOwnAndGivesOthersNewNumbers()
      throws IOException, InterruptedException {
    Sample phantom = Fixture.samples().getFirst();
    List<ImageInfo> infos =
        List.of(
            ImageInfo.builder("made-1").patientId("made").studyId("made").build(),
            ImageInfo.builder("patient00007_study2_view3_frontal")
                .patientId("patient00007")
                .studyId("patient00007_study2")
                .build(),
            ImageInfo.builder("copy")
                .patientId("patient00007")
                .studyId("patient00007_study2")
                .build());
    List<Sample> samples = new ArrayList<>();
    infos.forEach(info -> samples.add(new Sample(info, phantom.image(), Map.of())));

    Fixture.write(DatasetFormat.CHEXPERT, folder, Fixture.options(new ArrayList<>()), samples);

    assertThat(open().images())
        .extracting(image -> image.info().id())
        .containsExactly(
            "patient100000_study1_view1_frontal",
            "patient00007_study2_view3_frontal",
            "patient00007_study2_view1000_frontal");
    assertThat(Files.readAllLines(folder.resolve("train.csv")).getFirst()).isEqualTo(HEADER);
  }

  /** As many rows and patients as the published training table, with values that vary. */
  @Test
  void open_tableOfThePublishedSize_keepsEqualValuesOnce() throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(folder.resolve("train.csv"))) {
      writer.write(HEADER + "\n");
      for (int i = 0; i < 223_414; i++) {
        int patient = 1 + i * 2 / 7;
        writer.write(
            "CheXpert-v1.0/train/patient"
                + String.format(Locale.ROOT, "%05d", patient)
                + "/study"
                + (1 + i % 2)
                + "/view"
                + (1 + i % 7)
                + "_frontal.jpg,Male,"
                + (18 + i % 70)
                + ",Frontal,AP,,,"
                + (i % 3 == 0 ? "1.0" : "")
                + ",,,"
                + (i % 5 == 0 ? "-1.0" : "0.0")
                + ",,,,,1.0,,,1.0\n");
      }
    }

    List<DatasetImage> images = open().images();

    assertThat(images).hasSize(223_414);
    ImageInfo last = images.getLast().info();
    assertThat(last.patientId()).isEqualTo("patient63833");
    assertThat(last.positives())
        .containsExactly("cardiomegaly", "pleural_effusion", "support_devices");
    assertThat(images.get(0).info().patientId()).isSameAs(images.get(1).info().patientId());
  }

  @Test
  void open_noTable_saysWhichAreExpected() {
    assertThatThrownBy(this::open)
        .hasMessage(
            folder
                + ": no table (expected: train.csv or valid.csv or test.csv or test_labels.csv)");
  }

  @Test
  void first_frontalWithoutSide_hasNoView() throws IOException {
    Fixture.file(folder, "train.csv", HEADER, ROW.replace(",AP,", ",,"));

    assertThat(first().view()).isNull();
  }
}
