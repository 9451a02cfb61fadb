package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsLayoutTest {
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException, InterruptedException {
    Fixture.write(
        DatasetFormat.SHARDS,
        folder,
        Fixture.options(new ArrayList<>()).withShardSize(8),
        Fixture.samples());
  }

  @Test
  void load_anyOrder_givesWhatTheSequentialReaderGives() throws IOException {
    List<DatasetImage> images = Fixture.open(DatasetFormat.SHARDS, folder).images();

    List<Sample> backwards = new ArrayList<>();
    for (int i = images.size() - 1; i >= 0; i--) {
      backwards.addFirst(images.get(i).load());
    }

    List<Sample> expected = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(folder)) {
      for (Sample sample = reader.next(); sample != null; sample = reader.next()) {
        expected.add(sample);
      }
      assertThat(reader.shards()).isEqualTo(3);
    }
    assertThat(backwards).isEqualTo(expected);
  }

  @Test
  void open_truncatedTensors_namesTheShard() throws IOException {
    Path shard = folder.resolve("shard-00001.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }

    assertThatThrownBy(() -> Fixture.open(DatasetFormat.SHARDS, folder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(shard + ": ");
  }

  @Test
  void open_lineMissing_saysHowManyAreExpected() throws IOException {
    Path lines = folder.resolve("shard-00002.jsonl");
    List<String> all = Files.readAllLines(lines);
    Files.write(lines, all.subList(0, 3));

    assertThatThrownBy(() -> Fixture.open(DatasetFormat.SHARDS, folder))
        .hasMessage(lines + ": 3 lines (expected: 4, one an image)");
  }

  @Test
  void open_lineThatIsNoJson_namesIt() throws IOException {
    Path lines = folder.resolve("shard-00000.jsonl");
    List<String> all = new ArrayList<>(Files.readAllLines(lines));
    all.set(2, "{");
    Files.write(lines, all);

    assertThatThrownBy(() -> Fixture.open(DatasetFormat.SHARDS, folder))
        .hasMessageStartingWith(lines + ": line 3: no line of a shard");
  }

  @Test
  void open_lineWithAKeyOfOthers_namesIt() throws IOException {
    Path lines = folder.resolve("shard-00000.jsonl");
    List<String> all = new ArrayList<>(Files.readAllLines(lines));
    all.set(2, all.get(2).replaceFirst("\\{", "{\"caption\":\"x\","));
    Files.write(lines, all);

    assertThat(Fixture.open(DatasetFormat.SHARDS, folder).warnings())
        .containsExactly(
            lines
                + ": line 3: JSON key 'caption' is not read (expected: one of id, seed, prompt,"
                + " findings, absent_findings, known_structures, attributes)");
  }
}
