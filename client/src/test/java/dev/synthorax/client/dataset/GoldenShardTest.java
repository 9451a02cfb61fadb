package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden shards that every codec of the format reads; see SOURCE.md beside them. */
class GoldenShardTest {
  private static final long FIRST_SEED = 2_000_015;
  private static final int COUNT = 5;

  @TempDir private Path folder;

  private static Path golden() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(GoldenShardTest.class.getResource("/golden/sample-shard")).toURI());
  }

  private static List<Sample> read() throws IOException, URISyntaxException {
    List<Sample> samples = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(golden())) {
      for (Sample sample = reader.next(); sample != null; sample = reader.next()) {
        samples.add(sample);
      }
    }
    return samples;
  }

  @Test
  void read_goldenShards_areThePhantomsOfTheirSeeds() throws Exception {
    List<Sample> samples = read();

    assertThat(samples).hasSize(COUNT);
    for (int i = 0; i < COUNT; i++) {
      Sample phantom = Phantoms.sample(FIRST_SEED + i, 64);
      Sample read = samples.get(i);
      assertThat(read.image()).isEqualTo(phantom.image());
      for (Structure structure : Structure.CHANNELS) {
        assertThat(read.mask(structure)).isEqualTo(phantom.mask(structure));
      }
      assertThat(read.info().seed()).isEqualTo(phantom.info().seed());
      assertThat(read.info().text()).isEqualTo(phantom.info().text());
      assertThat(read.info().positives()).isEqualTo(phantom.info().positives());
      assertThat(read.info().attributes()).isEqualTo(phantom.info().attributes());
    }
  }

  @Test
  void write_samplesOfTheGoldenShards_givesTheirBytes() throws Exception {
    try (ShardWriter writer = ShardWriter.open(folder, 3)) {
      for (Sample sample : read()) {
        writer.add(sample);
      }
    }

    for (String file :
        List.of(
            "shard-00000.safetensors",
            "shard-00000.jsonl",
            "shard-00001.safetensors",
            "shard-00001.jsonl")) {
      assertThat(Files.readAllBytes(folder.resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(golden().resolve(file)));
    }
  }

  @Test
  void open_folderWithoutShards_isRefused() {
    assertThatThrownBy(() -> ShardReader.open(folder).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no shards");
    assertThatThrownBy(() -> ShardReader.open(folder.resolve("missing")).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no folder");
  }
}
