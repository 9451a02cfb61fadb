package dev.synthorax.client.dataset.format;

import static dev.synthorax.client.dataset.format.DicomFixture.cells;
import static dev.synthorax.client.dataset.format.DicomFixture.dicom;
import static dev.synthorax.client.dataset.format.DicomFixture.ids;
import static dev.synthorax.client.dataset.format.DicomFixture.info;
import static dev.synthorax.client.dataset.format.DicomFixture.load;
import static dev.synthorax.client.dataset.format.DicomFixture.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidLayoutTest {
  private static final String HEADER =
      "\uFEFFfilename,Report,EncodedPixels,StudyInstanceUID,SOPInstanceUID";

  @TempDir Path folder;

  private Dataset open() throws IOException {
    return DatasetFormat.CANDID_PTX.open(folder, ReadOptions.DEFAULT);
  }

  private Path reports(String... rows) throws IOException {
    String[] lines = new String[rows.length + 1];
    lines[0] = HEADER;
    System.arraycopy(rows, 0, lines, 1, rows.length);
    return table(folder, "Pneumothorax_reports.csv", lines);
  }

  private void outlines() throws IOException {
    table(
        folder, "chest_tube.csv", "anon_SOPUID,ref,mask_rle", "1.1,a,0 1", "1.1,b,4 1", "1.2,c,-1");
    table(folder, "acute_rib_fracture.csv", "anon_SOPUID,ref,mask_rle", "1.2,a, 23 1");
  }

  @Test
  void open_publishedLayout_readsByNameAndJoinsRows() throws IOException {
    reports(
        "P7_1.dcm,\"two\nlines\",1 2,9.1,1.1",
        "P7_1.dcm,,8 3,9.1,1.1",
        "P8_1.dcm,clear,-1,9.2,1.2",
        "P8_2.dcm,,,,1.3");
    outlines();
    dicom(folder, "dataset/1.1", 1);
    dicom(folder, "dataset/1.2", 2);
    dicom(folder, "dataset/1.3.dcm", 3);

    Dataset dataset = open();

    assertThat(DatasetFormat.detect(folder)).isEqualTo(DatasetFormat.CANDID_PTX);
    assertThat(dataset.warnings()).isEmpty();
    assertThat(ids(dataset)).containsExactly("1.1", "1.2", "1.3");
    assertThat(info(dataset, "1.1").patientId()).isEqualTo("P7");
    assertThat(info(dataset, "1.3").patientId()).isEqualTo("P8");
    assertThat(info(dataset, "1.1").studyId()).isEqualTo("9.1");
    assertThat(info(dataset, "1.3").studyId()).isEqualTo("1.3");
    assertThat(info(dataset, "1.1").text()).isEqualTo("two\nlines");
    assertThat(info(dataset, "1.1").labels())
        .containsEntry("pneumothorax", Label.POSITIVE)
        .containsEntry("fracture", Label.NEGATIVE)
        .containsEntry("support_devices", Label.POSITIVE);
    assertThat(info(dataset, "1.2").labels())
        .containsEntry("pneumothorax", Label.NEGATIVE)
        .containsEntry("fracture", Label.POSITIVE)
        .doesNotContainKey("support_devices");
    assertThat(info(dataset, "1.3").labels()).doesNotContainKey("pneumothorax");
    Sample first = load(dataset, "1.1");
    assertThat(first.image()).isEqualTo(DicomFixture.image(1));
    assertThat(cells(first.mask(Structure.PNEUMOTHORAX))).isEqualTo("..#...|#.#...|#.#...|......");
    assertThat(cells(first.mask(Structure.CHEST_TUBE))).isEqualTo("##....|......|......|......");
    assertThat(first.mask(Structure.RIB_FRACTURE).area()).isZero();
    Sample second = load(dataset, "1.2");
    assertThat(second.mask(Structure.CHEST_TUBE).area()).isZero();
    assertThat(cells(second.mask(Structure.RIB_FRACTURE))).isEqualTo("......|......|......|.....#");
    assertThat(load(dataset, "1.3").masks()).doesNotContainKey(Structure.PNEUMOTHORAX);
  }

  @Test
  void load_firstRunAtZero_startsInTheCorner() throws IOException {
    reports("P7_1.dcm,,0 1,9.1,1.1");
    dicom(folder, "dataset/1.1", 1);

    assertThat(load(open(), "1.1").mask(Structure.PNEUMOTHORAX).at(0, 0)).isTrue();
  }

  @Test
  void open_imageUnderTwoPatients_isLeftOutWithAWarning() throws IOException {
    Path file = reports("P7_1.dcm,,-1,9.1,1.1", "P8_1.dcm,,-1,9.2,1.2", "P9_1.dcm,,-1,9.1,1.1");
    outlines();
    dicom(folder, "dataset/1.2", 1);

    Dataset dataset = open();

    assertThat(ids(dataset)).containsExactly("1.2");
    assertThat(dataset.warnings())
        .contains(
            file
                + ": line 4: image '1.1' is of patient 'P9', in line 2 of 'P7' (expected: one"
                + " patient); it is left out");
  }

  @Test
  void open_noTableOfTubesOrFractures_saysSoAndHasNoMasks() throws IOException {
    reports("P7_1.dcm,,-1,9.1,1.1");
    table(folder, "Rib_fracture_mask_rle.csv", "mask_rle,anon_SOPUID", "1 1,1.1", "1 1,5.5");
    dicom(folder, "dataset/1.1", 1);

    Dataset dataset = open();

    assertThat(dataset.warnings())
        .containsExactly(
            folder + ": no chest_tube.csv; no image has a mask of chest_tube",
            folder.resolve("Rib_fracture_mask_rle.csv")
                + ": line 3: image '5.5' is not in Pneumothorax_reports.csv, or left out");
    assertThat(load(dataset, "1.1").masks())
        .containsKey(Structure.RIB_FRACTURE)
        .doesNotContainKey(Structure.CHEST_TUBE);
  }

  @Test
  void open_cheXmaskBesideIt_givesLungsAndHeart() throws IOException {
    reports("P7_1.dcm,,-1,9.1,1.1", "P8_1.dcm,,-1,9.2,1.2");
    outlines();
    dicom(folder, "dataset/1.1", 1);
    dicom(folder, "dataset/1.2", 1);
    // the two columns of estimated Dice are swapped: the mean of 1.2 is 0.6
    Path masks =
        table(
            folder,
            "CheXmask/CANDID-PTX.csv.gz",
            "Image,Dice RCA (Max),Dice RCA (Mean),Landmarks,Left Lung,Right"
                + " Lung,Heart,Height,Width",
            "1.1,0.8,0.9,\"1,2\",5 2,1 2,-1,4,6",
            "1.2,0.6,0.9,\"1,2\",5 2,1 2,3 1,4,6");

    Dataset dataset = open();

    Sample first = load(dataset, "1.1");
    assertThat(cells(first.mask(Structure.LEFT_LUNG))).isEqualTo("....##|......|......|......");
    assertThat(cells(first.mask(Structure.LUNGS))).isEqualTo("##..##|......|......|......");
    assertThat(first.masks()).doesNotContainKey(Structure.HEART);
    assertThat(load(dataset, "1.2").masks()).doesNotContainKey(Structure.LUNGS);
    assertThat(dataset.warnings())
        .containsExactly(
            masks
                + ": line 3: image '1.2' has an estimated Dice of 0.6 (expected: at least 0.7); its"
                + " masks are left out");
  }

  @Test
  void open_nameWithoutPatient_isRefused() throws IOException {
    Path file = reports("X7.dcm,,-1,9.1,1.1");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + ": line 2: filename 'X7.dcm' (expected: P, the patient, an underscore:"
                + " P123_...)");
  }
}
