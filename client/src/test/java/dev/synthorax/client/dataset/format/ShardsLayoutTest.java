package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardReader;
import dev.synthorax.client.dataset.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsLayoutTest {
  @TempDir private Path folder;

  private final List<String> warnings = new ArrayList<>();
  private Path tensors = Path.of("");
  private Path lines = Path.of("");

  @BeforeEach
  void write() throws IOException, InterruptedException {
    tensors = folder.resolve("shard-00001.safetensors");
    lines = folder.resolve("shard-00001.jsonl");
    Fixture.write(
        DatasetFormat.SHARDS,
        folder,
        Fixture.options(warnings).withShardSize(3),
        Fixture.samples().subList(0, 5));
  }

  private List<Sample> read() throws IOException {
    return Fixture.read(DatasetFormat.SHARDS, folder);
  }

  @Test
  void read_secondShard_hasItsOwnPixelsAndMasks() throws IOException {
    Sample expected = Fixture.samples().get(4);

    Sample last = read().get(4);

    assertThat(last.id()).isEqualTo(expected.id());
    assertThat(last.image()).isEqualTo(expected.image());
    assertThat(last.mask(Structure.PNEUMOTHORAX)).isEqualTo(expected.mask(Structure.PNEUMOTHORAX));
  }

  @Test
  void open_truncatedShard_isRefused() throws IOException {
    byte[] whole = Files.readAllBytes(tensors);

    for (int bytes : new int[] {4, 100, whole.length - 1}) {
      Files.write(tensors, Arrays.copyOf(whole, bytes));
      assertThatThrownBy(this::read)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(tensors.toString());
    }
  }

  @Test
  void open_linesThatDoNotFit_areNamed() throws IOException {
    List<String> whole = Files.readAllLines(lines);

    Files.write(lines, whole.subList(0, 1));
    assertThatThrownBy(this::read).hasMessage(lines + ": 1 lines (expected: 2, one an image)");

    Files.write(lines, List.of(whole.get(0), "{"));
    assertThatThrownBy(this::read).hasMessageStartingWith(lines + ": line 2: no line of a shard");

    Files.write(lines, List.of(whole.get(0), whole.get(0)));
    assertThatThrownBy(this::read)
        .hasMessageStartingWith(lines + ": line 2: image 'phantom-")
        .hasMessageContaining("comes twice");

    Files.delete(lines);
    assertThatThrownBy(this::read).hasMessageContaining(lines.toString());
  }

  @Test
  void write_maskMissing_isRefused() {
    Sample phantom = Fixture.samples().getFirst();
    Path target = folder.resolve("other");
    List<Sample> samples =
        List.of(new Sample(ImageInfo.builder("bare").build(), phantom.image(), Map.of()));

    assertThatThrownBy(
            () -> Fixture.write(DatasetFormat.SHARDS, target, Fixture.options(warnings), samples))
        .hasMessageContaining("sample bare: no mask of lungs");
    assertThat(target).isEmptyDirectory();
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
      assertThat(reader.shards()).isEqualTo(2);
    }
    assertThat(backwards).isEqualTo(expected);
  }
}
