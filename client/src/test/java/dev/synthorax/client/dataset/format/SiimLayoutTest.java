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
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiimLayoutTest {
  private static final String HEADER = "ImageId, EncodedPixels";

  @TempDir Path folder;

  private Dataset open() throws IOException {
    return DatasetFormat.SIIM.open(folder, ReadOptions.DEFAULT);
  }

  @Test
  void open_publishedLayout_joinsAllRowsOfAnImage() throws IOException {
    // two parts: 2 cells down the first column, then 3 from the third on; the last row alone would
    // lose the first part
    table(folder, "train-rle.csv", HEADER, "1.2, 1 2", "1.3, -1", "1.2, 8 3");
    dicom(folder, "dicom-images-train/9.1/9.1.1/1.2.dcm", 1);
    dicom(folder, "dicom-images-train/9.2/9.2.1/1.3.dcm", 2);

    Dataset dataset = open();

    assertThat(DatasetFormat.detect(folder)).isEqualTo(DatasetFormat.SIIM);
    assertThat(dataset.warnings()).isEmpty();
    assertThat(ids(dataset)).containsExactly("1.2", "1.3");
    assertThat(info(dataset, "1.2").label("pneumothorax")).isEqualTo(Label.POSITIVE);
    assertThat(info(dataset, "1.2").studyId()).isEqualTo("9.1");
    assertThat(info(dataset, "1.2").patientId()).isEqualTo("1.2");
    assertThat(info(dataset, "1.2").split()).isNull();
    assertThat(info(dataset, "1.3").label("pneumothorax")).isEqualTo(Label.NEGATIVE);
    Sample positive = load(dataset, "1.2");
    assertThat(positive.image()).isEqualTo(DicomFixture.image(1));
    assertThat(cells(positive.mask(Structure.PNEUMOTHORAX)))
        .isEqualTo("..#...|#.#...|#.#...|......");
    assertThat(positive.info().sex()).isEqualTo(Sex.FEMALE);
    assertThat(positive.info().ageYears()).isEqualTo(34);
    assertThat(positive.info().view()).isEqualTo(View.PA);
    assertThat(load(dataset, "1.3").mask(Structure.PNEUMOTHORAX).area()).isZero();
  }

  @Test
  void open_spacesNowhereAndByteOrderMark_isReadAlike() throws IOException {
    table(folder, "train-rle.csv", "\uFEFFEncodedPixels,ImageId", "1 2,1.2");
    dicom(folder, "dicom-images-train/1.2.dcm", 1);

    Dataset dataset = open();

    assertThat(cells(load(dataset, "1.2").mask(Structure.PNEUMOTHORAX)))
        .isEqualTo("......|#.....|#.....|......");
    assertThat(info(dataset, "1.2").studyId()).isEqualTo("1.2");
  }

  @Test
  void open_rowsThatContradict_warnsAndTakesThePositive() throws IOException {
    Path file = table(folder, "train-rle.csv", HEADER, "1.2,1 2", "1.2,-1", "1.3,-1", "1.3,-1");
    dicom(folder, "dicom-images-train/1.2.dcm", 1);
    dicom(folder, "dicom-images-train/1.3.dcm", 1);

    Dataset dataset = open();

    assertThat(dataset.warnings())
        .containsExactly(
            file
                + ": line 3: image '1.2' has rows with and without pneumothorax (expected: one or"
                + " the other; it is taken to have it)");
    assertThat(info(dataset, "1.2").has("pneumothorax")).isTrue();
  }

  @Test
  void open_missingFile_isKnownAndFailsWhenLoaded() throws IOException {
    Path file = table(folder, "train-rle.csv", HEADER, "1.2,-1");

    Dataset dataset = open();

    assertThat(dataset.warnings()).isEmpty();
    assertThat(dataset.images().getFirst().missingFile())
        .isEqualTo(folder.resolve("dicom-images-train/1.2.dcm"));
    assertThatThrownBy(() -> load(dataset, "1.2"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("dicom-images-train/1.2.dcm")
                + ": no such file (expected: an image) (named in "
                + file
                + ": line 2)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1.2,1 2 3;: line 2: EncodedPixels: run 2: start 3 has no length (expected: pairs of"
            + " numbers)",
        "1.2,1 -2;: line 2: EncodedPixels: run 1: length '-2' (expected: a whole number from 0 to"
            + " 2147483647)",
        "1.2,;: line 2: EncodedPixels '' (expected: a value)",
        ",1 2;: line 2: ImageId '' (expected: a value)",
      })
  void open_badRow_namesFileLineAndValue(String row, String message) throws IOException {
    Path file = table(folder, "train-rle.csv", HEADER, row);

    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessage(file + message);
  }

  @Test
  void load_runsBeyondTheImage_namesTableLineAndRun() throws IOException {
    Path file = table(folder, "train-rle.csv", HEADER, "1.2,1 2", "1.2,20 5");
    dicom(folder, "dicom-images-train/1.2.dcm", 1);
    Dataset dataset = open();

    assertThatThrownBy(() -> load(dataset, "1.2"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + ": line 3: run 1: 5 cells from cell 20 end at 25 (expected: at most 24, the cells"
                + " of a mask of 6 x 4)");
  }

  @Test
  void load_damagedFile_namesItAndTheRow() throws IOException {
    Path file = table(folder, "train-rle.csv", HEADER, "1.2,-1");
    Path image = table(folder, "dicom-images-train/1.2.dcm", "no image");
    Dataset dataset = open();

    assertThatThrownBy(() -> load(dataset, "1.2"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(image + ": not a DICOM file")
        .hasMessageEndingWith("(named in " + file + ": line 2)");
  }

  @Test
  void open_missingColumn_listsWhatThereIs() throws IOException {
    Path file = table(folder, "train-rle.csv", "ImageId,Pixels", "1.2,-1");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": no column 'EncodedPixels' (found: 'ImageId', 'Pixels')");
  }
}
