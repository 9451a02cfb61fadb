package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.Jpeg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MimicLayoutTest {
  private static final String METADATA =
      "dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns,"
          + "StudyDate,StudyTime";
  private static final String LABELS = "subject_id,study_id,Atelectasis,Edema,No Finding";
  private static final String SPLIT = "dicom_id,study_id,subject_id,split";

  @TempDir private Path folder;

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.MIMIC_CXR_JPG, folder);
  }

  private void tables(String ending) throws IOException {
    Fixture.file(
        folder,
        "mimic-cxr-2.0.0-metadata.csv" + ending,
        METADATA,
        "02aa804e-bde0afdd,10000032,50414267,\"CHEST (PA, LAT)\",PA,3056,2544,21800506,213014.5",
        "174413ec-4ec4c1f7,10000032,50414267,CHEST (PA AND"
            + " LAT),LATERAL,3056,2544,21800506,213014.5",
        "2a2277a9-b0ded155,10000764,57375967,CHEST,,3056,2544,21321015,130000.0");
    Fixture.file(
        folder,
        "mimic-cxr-2.0.0-chexpert.csv" + ending,
        LABELS,
        "10000032,50414267,1.0,-1.0,",
        "10000764,57375967,,,1.0");
    Fixture.file(
        folder,
        "mimic-cxr-2.0.0-split.csv" + ending,
        SPLIT,
        "02aa804e-bde0afdd,50414267,10000032,train",
        "174413ec-4ec4c1f7,50414267,10000032,train",
        "2a2277a9-b0ded155,57375967,10000764,validate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void open_publishedTables_areJoinedBySubjectAndStudy(String ending) throws IOException {
    tables(ending);

    Dataset dataset = open();

    ImageInfo frontal = dataset.images().get(0).info();
    assertThat(frontal.id()).isEqualTo("02aa804e-bde0afdd");
    assertThat(frontal.patientId()).isEqualTo("p10000032");
    assertThat(frontal.studyId()).isEqualTo("s50414267");
    assertThat(frontal.view()).isEqualTo(View.PA);
    assertThat(frontal.split()).isEqualTo(Split.TRAIN);
    assertThat(frontal.labels())
        .isEqualTo(Map.of("atelectasis", Label.POSITIVE, "edema", Label.UNCERTAIN));
    ImageInfo lateral = dataset.images().get(1).info();
    assertThat(lateral.labels()).isEqualTo(frontal.labels());
    assertThat(Objects.requireNonNull(lateral.view()).isFrontal()).isFalse();
    ImageInfo other = dataset.images().get(2).info();
    assertThat(other.view()).isNull();
    assertThat(other.split()).isEqualTo(Split.VALIDATION);
    assertThat(dataset.warnings()).isEmpty();
  }

  @Test
  void load_image_isWhereSubjectAndStudySay() throws IOException {
    tables("");
    byte[] jpeg = Jpeg.encode(Fixture.picture(3, 16, 16), 95);
    Fixture.image(folder, "files/p10/p10000764/s57375967/2a2277a9-b0ded155.jpg", jpeg);

    assertThat(open().images().get(2).load().image()).isEqualTo(Jpeg.decode(jpeg, 16));
    assertThatThrownBy(() -> open().images().get(0).load())
        .hasMessageContaining("files/p10/p10000032/s50414267/02aa804e-bde0afdd.jpg: no such file")
        .hasMessageContaining("metadata.csv: line 2");
  }

  @Test
  void open_sameStudyNumberOfAnotherSubject_isAnotherStudy() throws IOException {
    tables("");
    Fixture.file(
        folder,
        "mimic-cxr-2.0.0-chexpert.csv",
        LABELS,
        "10000099,50414267,1.0,,",
        "10000764,57375967,,,1.0");

    Dataset dataset = open();

    assertThat(dataset.images().get(0).info().labels()).isEmpty();
    assertThat(dataset.warnings())
        .contains(
            folder.resolve("mimic-cxr-2.0.0-metadata.csv")
                + ": line 2: study 50414267 of subject 10000032 is not in "
                + folder.resolve("mimic-cxr-2.0.0-chexpert.csv")
                + "; no labels",
            folder.resolve("mimic-cxr-2.0.0-chexpert.csv")
                + ": line 2: study 50414267 has no image");
  }

  @Test
  void open_negbioAsked_readsItsTable() throws IOException {
    tables("");
    Fixture.file(
        folder,
        "mimic-cxr-2.0.0-negbio.csv",
        LABELS,
        "10000032,50414267,0,0,",
        "10000764,57375967,,,");

    Dataset dataset =
        DatasetFormat.MIMIC_CXR_JPG.open(
            folder, ReadOptions.DEFAULT.withLabeler(ReadOptions.Labeler.NEGBIO));

    assertThat(dataset.images().get(0).info().label("edema")).isEqualTo(Label.NEGATIVE);
  }

  @Test
  void open_noSplitTable_warnsAndLeavesTheSplitOpen() throws IOException {
    tables("");
    Files.delete(folder.resolve("mimic-cxr-2.0.0-split.csv"));

    Dataset dataset = open();

    assertThat(dataset.images()).allMatch(image -> image.info().split() == null);
    assertThat(dataset.warnings())
        .containsExactly(folder + ": no mimic-cxr-2.0.0-split.csv; the images have no split");
  }

  @Test
  void open_unknownSplitOrSubject_namesLineAndValue() throws IOException {
    tables("");
    Path split =
        Fixture.file(folder, "mimic-cxr-2.0.0-split.csv", SPLIT, "a,50414267,10000032,tune");

    assertThatThrownBy(this::open)
        .hasMessage(split + ": line 2: split 'tune' (expected: train, validate or test)");

    Files.delete(split);
    Path labels =
        Fixture.file(folder, "mimic-cxr-2.0.0-chexpert.csv", LABELS, "p10000032,50414267,1.0,,");
    assertThatThrownBy(this::open)
        .hasMessage(
            labels + ": line 2: subject_id 'p10000032' (expected: a finite decimal number)");
  }

  @Test
  void open_studyTwiceInTheLabels_isRefused() throws IOException {
    tables("");
    Fixture.file(
        folder,
        "mimic-cxr-2.0.0-chexpert.csv",
        LABELS,
        "10000032,50414267,1.0,,",
        "10000032,50414267,0.0,,");

    assertThatThrownBy(this::open)
        .hasMessageContaining("chexpert.csv: line 3: study_id '50414267'")
        .hasMessageContaining("every study once");
  }

  @Test
  void open_noLabelTable_namesIt() throws IOException {
    tables("");
    Files.delete(folder.resolve("mimic-cxr-2.0.0-chexpert.csv"));

    assertThatThrownBy(this::open)
        .hasMessageContaining("no mimic-cxr-2.0.0-chexpert.csv")
        .hasMessageContaining("mimic-cxr-2.0.0-chexpert.csv.gz");
  }

  @Test
  void write_imagesOfOneStudyThatDisagree_areRefused() {
    Sample phantom = Fixture.samples().getFirst();
    List<Sample> samples = new ArrayList<>();
    for (Label label : List.of(Label.POSITIVE, Label.NEGATIVE)) {
      ImageInfo info =
          ImageInfo.builder("i" + label).patientId("p").studyId("s").label("edema", label).build();
      samples.add(new Sample(info, phantom.image(), Map.of()));
    }

    assertThatThrownBy(
            () ->
                Fixture.write(
                    DatasetFormat.MIMIC_CXR_JPG,
                    folder,
                    Fixture.options(new ArrayList<>()),
                    samples))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sample 'iNEGATIVE': study 's' has other labels in an image before");
    assertThat(folder).isEmptyDirectory();
  }
}
