package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables of CheXmask beside the datasets that they are published for. */
class CheXmaskFormatsTest {
  private static final String COLUMNS =
      ",Dice RCA (Max),Dice RCA (Mean),Landmarks,Left Lung,Right Lung,Heart,Height,Width";
  private static final String RUNS = ",0.9,0.8,\"1,2\",1 2,4 1,6 2,4,6";

  @TempDir private Path folder;
  private final List<String> lost = new java.util.ArrayList<>();

  private Path set(DatasetFormat format, String id, String patient, String study)
      throws IOException, InterruptedException {
    ImageInfo info =
        ImageInfo.builder(id)
            .patientId(patient)
            .studyId(study)
            .view(View.PA)
            .label("pneumonia", Label.NEGATIVE)
            .label("pneumothorax", Label.NEGATIVE)
            .build();
    Path set = folder.resolve("set");
    Fixture.write(
        format,
        set,
        Fixture.options(lost),
        List.of(new Sample(info, Fixture.picture(1, 6, 4), Map.of())));
    return set;
  }

  @ParameterizedTest
  @CsvSource({
    "NIH, 00000001_000, 1, 00000001_000, Image Index, 00000001_000.png",
    "CHEXPERT, patient00001_study1_view1_frontal, patient00001, patient00001_study1, Path,"
        + " CheXpert-v1.0/train/patient00001/study1/view1_frontal.jpg",
    "MIMIC_CXR_JPG, 02aa-bb, p10000032, s50414267, dicom_id, 02aa-bb",
    "MIMIC_CXR_JPG, 02aa-bb, p10000032, s50414267, Image,"
        + " files/p10/p10000032/s50414267/02aa-bb.jpg",
    "CANDID_PTX, 1.2.3, P1, 1.2, Image Index, 1.2.3",
    "SIIM, 1.2.3, P1, 1.2, ImageId, 1.2.3",
    "RSNA, abc, abc, abc, patientId, abc.dcm",
  })
  void open_tableWithTheIdsOfTheFormat_givesLungsAndHeart(
      DatasetFormat format, String id, String patient, String study, String column, String value)
      throws IOException, InterruptedException {
    Path set = set(format, id, patient, study);
    Path table = Fixture.file(folder, "masks.csv", column + COLUMNS, value + RUNS);

    DatasetImage image =
        format.open(set, ReadOptions.DEFAULT.withCheXmask(table)).images().getFirst();

    assertThat(image.source().structures())
        .contains(Structure.LUNGS, Structure.LEFT_LUNG, Structure.RIGHT_LUNG, Structure.HEART);
    Sample sample = image.load();
    assertThat(DicomFixture.cells(sample.masks().get(Structure.LEFT_LUNG)))
        .isEqualTo("##....|......|......|......");
    assertThat(DicomFixture.cells(sample.masks().get(Structure.LUNGS)))
        .isEqualTo("##.#..|......|......|......");
    assertThat(DicomFixture.cells(sample.masks().get(Structure.HEART)))
        .isEqualTo(".....#|#.....|......|......");
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"NNUNET", "WEBDATASET", "FOLDER", "SHARDS"})
  void open_formatWithMasksOfItsOwn_refusesTheTable(DatasetFormat format) throws IOException {
    Path table = Fixture.file(folder, "masks.csv", "Image Index" + COLUMNS, "a" + RUNS);

    assertThatThrownBy(() -> format.open(folder, ReadOptions.DEFAULT.withCheXmask(table)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder
                + ": chexmask: "
                + table
                + ": "
                + format.wireName()
                + " uses no CheXmask table (expected with: chexpert, candid-ptx, siim, rsna,"
                + " mimic-cxr-jpg, nih)");
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      names = {"NIH", "CHEXPERT", "MIMIC_CXR_JPG", "CANDID_PTX", "SIIM", "RSNA"})
  void open_missingTable_isRefused(DatasetFormat format) {
    Path table = folder.resolve("none.csv");

    assertThatThrownBy(() -> format.open(folder, ReadOptions.DEFAULT.withCheXmask(table)))
        .hasMessage(table + ": no such file (expected: a CheXmask table, .csv or .csv.gz)");
  }

  @Test
  void open_tableOfAnotherDataset_isRefusedWithBothIds() throws IOException, InterruptedException {
    Path set = set(DatasetFormat.NIH, "00000001_000", "1", "00000001_000");
    Path table = Fixture.file(folder, "masks.csv", "dicom_id" + COLUMNS, "02aa" + RUNS);

    assertThatThrownBy(() -> DatasetFormat.NIH.open(set, ReadOptions.DEFAULT.withCheXmask(table)))
        .hasMessage(
            table
                + ": none of the images is in it (expected: '00000001_000' or others of this"
                + " dataset; it has '02aa')");
  }

  @Test
  void load_imageThatWasMadeSmallerAndRounded_takesTheMasks()
      throws IOException, InterruptedException {
    Path set = set(DatasetFormat.NIH, "00000001_000", "1", "00000001_000");
    Path table =
        Fixture.file(
            folder,
            "masks.csv",
            "Image Index" + COLUMNS,
            "00000001_000.png,0.9,0.8,,1 1000,1 1000,1 1000,41,60");

    Sample sample =
        DatasetFormat.NIH
            .open(set, ReadOptions.DEFAULT.withCheXmask(table))
            .images()
            .getFirst()
            .load();

    assertThat(sample.mask(Structure.HEART).width()).isEqualTo(6);
  }

  @ParameterizedTest
  @EnumSource(
      value = DatasetFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MIMIC_CXR_JPG"})
  void open_labelerOfAnotherDataset_isRefused(DatasetFormat format) {
    ReadOptions options = ReadOptions.DEFAULT.withLabeler(ReadOptions.Labeler.NEGBIO);

    assertThatThrownBy(() -> format.open(folder, options))
        .hasMessageContaining("uses no labeler (expected with: mimic-cxr-jpg)");
  }

  @Test
  void create_optionsThatTheFormatDoesNotUse_areRefused() {
    WriteOptions options = Fixture.options();

    assertThatThrownBy(() -> DatasetFormat.NIH.create(folder, options.withShardSize(8)))
        .hasMessage("shardSize: 8: nih uses no shard size (expected with: webdataset, shards)");
    assertThatThrownBy(() -> DatasetFormat.NIH.create(folder, options.withJpegQuality(8)))
        .hasMessageStartingWith("jpegQuality: 8: nih uses no JPEG quality (expected with: chexp");
    assertThatThrownBy(
            () ->
                DatasetFormat.SIIM.create(folder, options.withStructures(List.of(Structure.HEART))))
        .hasMessage(
            "structures: [heart]: siim uses no choice of structures (expected with: nnunet, shards)");
  }
}
