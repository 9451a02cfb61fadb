package dev.synthorax.client.dataset.format;

import static dev.synthorax.client.dataset.format.DicomFixture.dicom;
import static dev.synthorax.client.dataset.format.DicomFixture.ids;
import static dev.synthorax.client.dataset.format.DicomFixture.info;
import static dev.synthorax.client.dataset.format.DicomFixture.load;
import static dev.synthorax.client.dataset.format.DicomFixture.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RsnaLayoutTest {
  private static final String HEADER = "patientId,x,y,width,height,Target";

  @TempDir Path folder;

  private Dataset open() throws IOException {
    return DatasetFormat.RSNA.open(folder, ReadOptions.DEFAULT);
  }

  private Path labels(String... rows) throws IOException {
    String[] lines = new String[rows.length + 1];
    lines[0] = HEADER;
    System.arraycopy(rows, 0, lines, 1, rows.length);
    return table(folder, "stage_2_train_labels.csv", lines);
  }

  private Path classes(String... rows) throws IOException {
    String[] lines = new String[rows.length + 1];
    lines[0] = "patientId,class";
    System.arraycopy(rows, 0, lines, 1, rows.length);
    return table(folder, "stage_2_detailed_class_info.csv", lines);
  }

  @Test
  void open_publishedLayout_hasABoxForEachRow() throws IOException {
    labels("p1,264.0,152.0,213.0,379.0,1", "p2,,,,,0", "p1,562.5,152.0,256.0,453.0,1", "p3,,,,,0");
    classes("p1,Lung Opacity", "p1,Lung Opacity", "p2,No Lung Opacity / Not Normal", "p3,Normal");
    for (String id : new String[] {"p1", "p2", "p3"}) {
      dicom(folder, "stage_2_train_images/" + id + ".dcm", 1);
    }

    Dataset dataset = open();

    assertThat(DatasetFormat.detect(folder)).isEqualTo(DatasetFormat.RSNA);
    assertThat(dataset.warnings()).isEmpty();
    assertThat(ids(dataset)).containsExactly("p1", "p2", "p3");
    assertThat(info(dataset, "p1").boxes())
        .containsExactly(
            new Box("pneumonia", 264, 152, 213, 379), new Box("pneumonia", 562.5, 152, 256, 453));
    assertThat(info(dataset, "p1").labels())
        .containsEntry("pneumonia", Label.POSITIVE)
        .containsEntry("lung_opacity", Label.POSITIVE)
        .containsEntry("no_finding", Label.NEGATIVE);
    assertThat(info(dataset, "p2").labels())
        .containsEntry("pneumonia", Label.NEGATIVE)
        .containsEntry("lung_opacity", Label.NEGATIVE)
        .containsEntry("no_finding", Label.NEGATIVE);
    assertThat(info(dataset, "p3").has("no_finding")).isTrue();
    assertThat(info(dataset, "p3").patientId()).isEqualTo("p3");
    assertThat(info(dataset, "p3").boxes()).isEmpty();
    Sample first = load(dataset, "p1");
    assertThat(first.image()).isEqualTo(DicomFixture.image(1));
    assertThat(first.masks()).isEmpty();
    assertThat(first.info().sex()).isEqualTo(Sex.FEMALE);
    assertThat(first.info().view()).isEqualTo(View.PA);
  }

  @Test
  void load_pixelSpacingOfTheOriginal_isNotTakenOver() throws IOException {
    labels("p1,,,,,0");
    Path file = folder.resolve("stage_2_train_images/p1.dcm");
    Files.createDirectories(file.getParent());
    try (InputStream input =
        RsnaLayoutTest.class.getResourceAsStream("/golden/dicom/jpeg-baseline.dcm")) {
      Files.copy(input, file);
    }

    Sample sample = load(open(), "p1");

    assertThat(sample.image().width()).isEqualTo(24);
    assertThat(sample.info().attributes()).isEmpty();
  }

  @Test
  void open_oddRows_areWarnedAbout() throws IOException {
    Path labels = labels("p1,1,2,3,4,1", "p1,1,2,3,4,1", "p2,,,,,0");
    Path classes = classes("p1,Normal", "p9,Normal");

    Dataset dataset = open();

    assertThat(info(dataset, "p1").boxes()).hasSize(1);
    assertThat(dataset.warnings())
        .containsExactly(
            labels + ": line 3: image 'p1' has this box already; taken once",
            classes
                + ": line 2: image 'p1' is 'Normal' (expected: Lung Opacity where Target is 1,"
                + " nowhere else)",
            classes + ": line 3: image 'p9' is not in stage_2_train_labels.csv",
            classes + ": image 'p2' is not in it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "p1,1,2,3,,1;: line 2: height '' (expected: a positive number)",
        "p1,1,2,-3,4,1;: line 2: width '-3' (expected: a positive number)",
        "p1,1,,,,0;: line 2: x '1' (expected: blank where Target is 0)",
        "p1,,,,,2;: line 2: Target '2' (expected: 1 or 0)",
      })
  void open_badRow_namesFileLineAndValue(String row, String message) throws IOException {
    Path file = labels(row);

    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessage(file + message);
  }

  @Test
  void open_targetsThatContradict_areRefused() throws IOException {
    Path file = labels("p1,,,,,0", "p1,1,2,3,4,1");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": line 3: Target '1' (expected: as in line 2 of the same image)");
  }

  @Test
  void open_unknownClass_isRefused() throws IOException {
    labels("p1,,,,,0");
    Path file = classes("p1,normal");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(
            file
                + ": line 2: class 'normal' (expected: 'Lung Opacity', 'No Lung Opacity / Not"
                + " Normal' or 'Normal')");
  }
}
