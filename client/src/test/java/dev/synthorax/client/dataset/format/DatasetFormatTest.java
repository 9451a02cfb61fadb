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
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatasetFormatTest {
  @TempDir private Path folder;

  private final List<Sample> samples = Fixture.samples().subList(0, 3);

  @Test
  void detect_nothingKnown_saysWhatEachFormatLooksFor() {
    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessageStartingWith(folder + " holds no dataset (expected one of: chexpert with ")
        .hasMessageContaining("nih with Data_Entry_2017_v2020.csv")
        .hasMessageContaining("webdataset with *.tar");
  }

  @Test
  void detect_twoFormats_asksForOne() throws IOException {
    Fixture.file(folder, "images.csv", "image", "a.png");
    Fixture.file(folder, "x.tar", "");

    assertThatThrownBy(() -> DatasetFormat.detect(folder))
        .hasMessage(folder + " may be webdataset, folder (expected: one of them; name the format)");
  }

  @Test
  void detect_noFolder_saysSo() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> DatasetFormat.detect(missing))
        .hasMessage(missing + " is no folder (expected: a folder with a dataset)");
  }

  @Test
  void ofWireName_unknown_listsTheFormats() {
    assertThat(DatasetFormat.ofWireName("mimic-cxr-jpg")).isEqualTo(DatasetFormat.MIMIC_CXR_JPG);
    assertThatThrownBy(() -> DatasetFormat.ofWireName("nifti"))
        .hasMessageContaining("'nifti' (expected: chexpert, candid-ptx, siim, rsna,");
  }

  @ParameterizedTest
  @EnumSource
  void create_folderThatHoldsOtherThings_isRefused(DatasetFormat format) throws IOException {
    Fixture.file(folder, "thesis.tex", "x");

    assertThatThrownBy(() -> format.create(folder, Fixture.options()))
        .isInstanceOf(IOException.class)
        .hasMessage(folder + " already holds thesis.tex (expected: a new or an empty folder)");
    assertThat(folder.resolve("thesis.tex")).exists();
  }

  @ParameterizedTest
  @EnumSource
  void write_feedThatFails_leavesAnEmptyFolder(DatasetFormat format) {
    assertThatThrownBy(
            () ->
                format.write(
                    folder,
                    Fixture.options(new ArrayList<>()),
                    writer -> {
                      writer.add(samples.get(0));
                      throw new IOException("the source broke");
                    }))
        .hasMessage("the source broke");

    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void create_writerThatIsStopped_leavesAFolderThatNothingOpens(DatasetFormat format)
      throws IOException, InterruptedException {
    Path live = folder.resolve("live");
    Path killed = folder.resolve("killed"); // as it is where the process ends
    try (StagedWriter writer = format.create(live, Fixture.options(new ArrayList<>()))) {
      writer.add(samples.get(0));
      FileUtils.copyDirectory(
          live.resolve(StagedWriter.STAGE).toFile(), killed.resolve(StagedWriter.STAGE).toFile());
      writer.abandon();
    }

    assertThat(killed).isDirectoryNotContaining(path -> !path.endsWith(StagedWriter.STAGE));
    assertThatThrownBy(() -> format.open(killed, ReadOptions.DEFAULT))
        .hasMessageContaining(killed + " is unfinished");
    assertThatThrownBy(() -> DatasetFormat.detect(killed)).hasMessageContaining("is unfinished");

    Fixture.write(format, killed, Fixture.options(new ArrayList<>()), samples);
    assertThat(Fixture.open(format, killed).images()).hasSize(3);
    assertThat(killed.resolve(StagedWriter.STAGE)).doesNotExist();
  }

  @Test
  void close_afterAFailedAdd_leavesNothing() throws IOException {
    StagedWriter writer = DatasetFormat.FOLDER.create(folder, Fixture.options());
    writer.add(samples.get(0));

    assertThatThrownBy(() -> writer.add(samples.get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comes twice (expected: every id once)");
    assertThatThrownBy(() -> writer.add(samples.get(1))).isInstanceOf(IllegalStateException.class);
    writer.close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void close_twice_doesNothingMore() throws IOException {
    StagedWriter writer = DatasetFormat.FOLDER.create(folder, Fixture.options());
    writer.add(samples.get(0));
    writer.close();
    writer.close();
    writer.abandon();

    assertThat(Fixture.open(DatasetFormat.FOLDER, folder).images()).hasSize(1);
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
  void create_file_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "x");

    assertThatThrownBy(() -> DatasetFormat.FOLDER.create(file, Fixture.options()))
        .hasMessage(file + " is a file (expected: a new or an empty folder)");
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
