package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatasetFormatTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(DatasetFormat.class)
  void ofWireName_everyFormat_comesBack(DatasetFormat format) {
    assertThat(DatasetFormat.ofWireName(format.wireName())).isEqualTo(format);
  }

  @Test
  void ofWireName_unknown_listsAllTen() {
    assertThatThrownBy(() -> DatasetFormat.ofWireName("dicom"))
        .hasMessage(
            "format: 'dicom' (expected: chexpert, candid-ptx, siim, rsna, mimic-cxr-jpg, nih,"
                + " nnunet, webdataset, folder, shards)");
  }

  @Test
  void detect_nothingThere_saysWhatEachFormatLooksFor() {
    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .isInstanceOf(IOException.class)
        .satisfies(
            failure -> {
              for (DatasetFormat format : DatasetFormat.values()) {
                assertThat(failure)
                    .hasMessageContaining(format.wireName() + " with " + format.looksFor());
              }
            });
  }

  @Test
  void detect_twoFormats_namesThem() throws IOException {
    Fixture.file(folder, "images.csv", "image", "a.png");
    Fixture.file(folder, "Data_Entry_2017_v2020.csv", "x");

    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessage(folder + " may be nih, folder (expected: one of them; name the format)");
  }

  @Test
  void detect_noFolder_saysSo() {
    assertThatThrownBy(() -> DatasetFormat.detect(folder.resolve("gone")))
        .hasMessage(folder.resolve("gone") + " is no folder (expected: a folder with a dataset)");
  }

  @ParameterizedTest
  @EnumSource(DatasetFormat.class)
  void open_emptyFolder_saysWhatIsMissing(DatasetFormat format) {
    assertThatThrownBy(() -> Fixture.open(format, folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString());
  }

  @ParameterizedTest
  @EnumSource(DatasetFormat.class)
  void write_feedThatFailsHalfWay_leavesAnEmptyFolder(DatasetFormat format) {
    WriteOptions options = Fixture.options(new ArrayList<>());

    assertThatThrownBy(
            () ->
                format.write(
                    folder,
                    options,
                    writer -> {
                      writer.add(Fixture.samples().getFirst());
                      throw new IOException("the source ended");
                    }))
        .hasMessage("the source ended");

    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(DatasetFormat.class)
  void create_writerThatIsNeverClosed_leavesNoDatasetThatOpens(DatasetFormat format)
      throws IOException {
    WriteOptions options = Fixture.options(new ArrayList<>());
    StagedWriter stopped = format.create(folder, options); // as if the process had been killed
    stopped.add(Fixture.samples().getFirst());

    assertThatThrownBy(() -> DatasetFormat.detect(folder)).hasMessageContaining("is unfinished");
    assertThatThrownBy(() -> Fixture.open(format, folder)).hasMessageContaining("is unfinished");

    stopped.abandon();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void create_afterAStoppedRun_startsAnew() throws IOException {
    Files.createDirectories(folder.resolve(StagedWriter.STAGE).resolve("images"));
    Fixture.file(folder, StagedWriter.STAGE + "/images/left.png", "x");

    try (StagedWriter writer = DatasetFormat.FOLDER.create(folder, Fixture.options())) {
      writer.add(Fixture.samples().getFirst());
    }

    assertThat(Fixture.read(DatasetFormat.FOLDER, folder)).hasSize(1);
    assertThat(folder.resolve("images/left.png")).doesNotExist();
  }

  @Test
  void create_encodingThatTheFormatCannotHold_isRefused() {
    assertThatThrownBy(
            () ->
                DatasetFormat.CHEXPERT.create(
                    folder, Fixture.options().withEncoding(PixelEncoding.LOSSLESS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("encoding: LOSSLESS (expected for chexpert: [JPEG])");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void images_readSideBySide_comeInOrder() throws IOException, InterruptedException {
    List<Sample> all = Fixture.samples();
    Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), all);
    List<Sample> read = new ArrayList<>();

    OrderedParallel.<Sample>forEach(
        Fixture.open(DatasetFormat.FOLDER, folder).images().stream()
            .<Callable<Sample>>map(image -> image::load)
            .iterator(),
        4,
        read::add);

    assertThat(read).isEqualTo(all);
  }
}
