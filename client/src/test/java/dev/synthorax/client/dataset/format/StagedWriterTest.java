package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedWriterTest {
  @TempDir private Path folder;

  private final Sample sample = Fixture.samples().getFirst();

  private StagedWriter open() throws IOException {
    return DatasetFormat.FOLDER.create(folder, Fixture.options());
  }

  @Test
  void add_idTwice_breaksTheWriterAndLeavesNothing() throws IOException {
    StagedWriter writer = open();
    writer.add(sample);

    assertThatThrownBy(() -> writer.add(sample))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample '" + sample.id() + "' comes twice (expected: every id once)");
    assertThatThrownBy(() -> writer.add(sample))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is broken");
    writer.close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void close_twice_doesNothingTheSecondTime() throws IOException {
    StagedWriter writer = open();
    writer.add(sample);
    writer.close();

    writer.close();

    assertThat(Fixture.read(DatasetFormat.FOLDER, folder)).containsExactly(sample);
    assertThatThrownBy(() -> writer.add(sample)).hasMessageContaining("is closed");
  }

  @Test
  void open_folderThatHoldsSomething_namesItAndKeepsIt() throws IOException {
    Path mine = Fixture.file(folder, "mine.txt", "x");

    assertThatThrownBy(this::open)
        .hasMessage(folder + " already holds mine.txt (expected: a new or an empty folder)");
    assertThat(mine).exists();
  }

  @Test
  void open_folderThatAnotherWrites_isRefusedAndTheOtherGoesOn() throws IOException {
    StagedWriter writer = open();

    assertThatThrownBy(this::open)
        .hasMessage(
            folder
                + " is being written by another command (expected: a folder of its own for each)");
    writer.add(sample);
    writer.close();

    assertThat(Fixture.read(DatasetFormat.FOLDER, folder)).containsExactly(sample);
    assertThat(folder.resolve(".synthorax-writing")).doesNotExist();
  }

  @Test
  void open_lockThatAKilledWriterLeft_isTaken() throws IOException {
    Fixture.file(folder, ".synthorax-writing", "");

    open().close();

    assertThat(folder.resolve(".synthorax-writing")).doesNotExist();
  }

  @Test
  void open_file_isRefused() throws IOException {
    Path file = Fixture.file(folder, "file", "x");

    assertThatThrownBy(() -> DatasetFormat.FOLDER.create(file, Fixture.options()))
        .hasMessageContaining("is a file");
  }

  @Test
  void close_tablesThatCannotBeWritten_abandonLeavesNothing() throws IOException {
    StagedWriter writer = open();
    writer.add(sample);
    Fixture.file(folder, StagedWriter.STAGE + "/images.csv", "in the way");

    assertThatThrownBy(writer::close).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> DatasetFormat.detect(folder)).hasMessageContaining("is unfinished");
    writer.abandon();

    assertThat(folder).isEmptyDirectory();
  }
}
