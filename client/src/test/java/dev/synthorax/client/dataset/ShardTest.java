package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardTest {
  @TempDir private Path folder;

  private void write(int count, int shardSize) throws IOException {
    try (ShardWriter writer = ShardWriter.open(folder, shardSize)) {
      for (int i = 0; i < count; i++) {
        writer.add(SamplesForTests.sample(i, 6, 5));
      }
    }
  }

  private List<Sample> read() throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (ShardReader reader = ShardReader.open(folder)) {
      for (Sample sample = reader.next(); sample != null; sample = reader.next()) {
        samples.add(sample);
      }
    }
    return samples;
  }

  private Path tensors() {
    return folder.resolve("shard-00000.safetensors");
  }

  @Test
  void writeThenRead_severalShards_givesTheSamplesInOrder() throws IOException {
    write(7, 3);

    List<Sample> samples = read();

    assertThat(samples).hasSize(7);
    for (int i = 0; i < 7; i++) {
      assertThat(samples.get(i)).isEqualTo(SamplesForTests.sample(i, 6, 5));
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted())
          .containsExactly(
              "shard-00000.jsonl",
              "shard-00000.safetensors",
              "shard-00001.jsonl",
              "shard-00001.safetensors",
              "shard-00002.jsonl",
              "shard-00002.safetensors");
    }
  }

  @Test
  void write_layout_isThatOfTheSharedFormat() throws IOException {
    write(2, 10);

    byte[] file = Files.readAllBytes(tensors());
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(file, 8, length, StandardCharsets.UTF_8);

    assertThat(length % 8).isZero();
    assertThat(header.stripTrailing())
        .isEqualTo(
            "{\"__metadata__\":{\"format\":\"synthorax-samples\",\"version\":\"1\","
                + "\"structures\":\"lungs,heart,pneumothorax\"},"
                + "\"images\":{\"dtype\":\"U8\",\"shape\":[2,1,5,6],\"data_offsets\":[0,60]},"
                + "\"masks\":{\"dtype\":\"U8\",\"shape\":[2,3,5,6],\"data_offsets\":[60,240]}}");
    assertThat(file).hasSize(8 + length + 240);
    Sample second = SamplesForTests.sample(1, 6, 5);
    assertThat(Arrays.copyOfRange(file, 8 + length + 30, 8 + length + 60))
        .isEqualTo(second.image().toBytes());
    assertThat(Arrays.copyOfRange(file, 8 + length + 60 + 120, 8 + length + 60 + 150))
        .isEqualTo(second.mask(Structure.HEART).toBytes());
    assertThat(Files.readAllLines(folder.resolve("shard-00000.jsonl")).get(1))
        .isEqualTo(
            "{\"id\":\"made-1\",\"seed\":1,\"prompt\":\"prompt \\\"1\\\" \u00e9\","
                + "\"findings\":[\"edema\",\"cardiomegaly\"],\"absent_findings\":[\"rib_fracture\"],"
                + "\"attributes\":{\"ctr\":1.5}}");
  }

  private Sample writeOne(Sample sample, List<Structure> structures) throws IOException {
    try (ShardWriter writer = ShardWriter.open(folder, 4, structures)) {
      writer.add(sample);
    }
    return read().getFirst();
  }

  private String line() throws IOException {
    return Files.readAllLines(folder.resolve("shard-00000.jsonl")).getFirst();
  }

  @Test
  void writeThenRead_film_keepsWhatItsTablesSayAmongTheAttributes() throws IOException {
    Sample film =
        SamplesForTests.sample(0, 6, 5)
            .withInfo(
                ImageInfo.builder("film")
                    .patientId("61")
                    .studyId("61-3")
                    .sex(Sex.FEMALE)
                    .ageYears(77)
                    .view(View.AP)
                    .split(Split.VALIDATION)
                    .label(ImageInfo.NO_FINDING, Label.NEGATIVE)
                    .label("fracture", Label.NEGATIVE)
                    .label("edema", Label.UNCERTAIN)
                    .attribute("source", "b")
                    .build());

    Sample read = writeOne(film, Structure.CHANNELS);

    assertThat(line())
        .isEqualTo(
            "{\"id\":\"film\",\"seed\":null,\"prompt\":\"\",\"findings\":[],"
                + "\"absent_findings\":[\"normal\",\"rib_fracture\"],"
                + "\"attributes\":{\"source\":\"b\",\"sex\":\"female\",\"age\":77,\"view\":\"AP\","
                + "\"split\":\"validation\",\"patient\":\"61\",\"study\":\"61-3\"}}");
    ImageInfo.Builder expected = film.info().toBuilder().attributes(read.info().attributes());
    expected.labels(Map.of(ImageInfo.NO_FINDING, Label.NEGATIVE, "fracture", Label.NEGATIVE));
    assertThat(read.info()).isEqualTo(expected.build());
  }

  @Test
  void writeThenRead_otherStructuresSomeOfThemUnknown_givesTheKnownOnes() throws IOException {
    Sample sample = SamplesForTests.sample(0, 6, 5);
    List<Structure> structures = List.of(Structure.HEART, Structure.CHEST_TUBE);

    Sample read = writeOne(sample, structures);

    assertThat(read.masks()).isEqualTo(Map.of(Structure.HEART, sample.mask(Structure.HEART)));
    assertThat(line()).contains("\"known_structures\":[\"heart\"]");
    byte[] file = Files.readAllBytes(tensors());
    assertThat(new String(file, StandardCharsets.UTF_8))
        .contains("\"structures\":\"heart,chest_tube\"")
        .contains("\"shape\":[1,2,5,6]");
    assertThat(Arrays.copyOfRange(file, file.length - 30, file.length)).containsOnly(0);
  }

  @Test
  void read_lineWithoutAbsentFindings_saysThatAllOthersAreAbsent() throws IOException {
    write(1, 1);
    String before = line();
    Files.writeString(
        folder.resolve("shard-00000.jsonl"),
        before.replace("\"absent_findings\":[\"rib_fracture\"],", "") + "\n");

    Sample read = read().getFirst();

    assertThat(read.info().positives()).containsExactly("edema", "cardiomegaly");
    assertThat(read.info().labels()).containsOnlyKeys(ShardLine.ALL.toArray(String[]::new));
    assertThat(new String(ShardLine.write(read, Structure.CHANNELS), StandardCharsets.UTF_8))
        .doesNotContain("absent_findings");
  }

  @Test
  void read_knownStructureThatTheShardLacks_isRefused() throws IOException {
    write(1, 1);
    String line = line();
    Files.writeString(
        folder.resolve("shard-00000.jsonl"),
        line.replace("\"attributes\"", "\"known_structures\":[\"chest_tube\"],\"attributes\"")
            + "\n");

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("known_structures: 'chest_tube' (expected: one of the shard's)");
  }

  @Test
  void open_noStructures_isRefused() {
    assertThatThrownBy(() -> ShardWriter.open(folder, 1, List.of()).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("structures: [] (expected: one at least, none twice)");
  }

  @Test
  void open_folderWithShards_isRefused() throws IOException {
    write(1, 1);

    assertThatThrownBy(() -> ShardWriter.open(folder, 1).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("already holds shards");
  }

  @Test
  void add_otherSize_isRefused() throws IOException {
    try (ShardWriter writer = ShardWriter.open(folder, 4)) {
      writer.add(SamplesForTests.sample(0, 6, 5));

      assertThatThrownBy(() -> writer.add(SamplesForTests.sample(1, 5, 6)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("5 x 6");
    }
  }

  @Test
  void next_truncatedAnywhere_failsWithTheShardsName() throws IOException {
    write(2, 2);
    byte[] whole = Files.readAllBytes(tensors());

    for (int keep : new int[] {0, 7, 8, 40, whole.length - 1}) {
      Files.write(tensors(), Arrays.copyOf(whole, keep));

      assertThatThrownBy(this::read)
          .as("kept %d bytes", keep)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("shard-00000.safetensors");
    }
  }

  @Test
  void next_headerLengthAbsurd_failsWithoutAllocating() throws IOException {
    write(1, 1);
    byte[] file = Files.readAllBytes(tensors());
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
    Files.write(tensors(), file);

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is it a safetensors file?");
  }

  @Test
  void next_maskValueTwo_fails() throws IOException {
    write(1, 1);
    byte[] file = Files.readAllBytes(tensors());
    file[file.length - 1] = 2;
    Files.write(tensors(), file);

    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cell value 2");
  }

  @Test
  void next_linesDoNotMatchImages_fails() throws IOException {
    write(2, 2);
    Path lines = folder.resolve("shard-00000.jsonl");
    List<String> both = Files.readAllLines(lines);

    Files.write(lines, both.subList(0, 1));
    assertThatThrownBy(this::read).hasMessageContaining("1 lines");

    Files.write(lines, List.of(both.get(0), both.get(1), both.get(1)));
    assertThatThrownBy(this::read).hasMessageContaining("more lines");

    Files.write(lines, List.of(both.get(0), "{"));
    assertThatThrownBy(this::read).hasMessageContaining("line 2 is no JSON");

    Files.write(lines, List.of(both.get(0), both.get(1).replace("\"edema\"", "7")));
    assertThatThrownBy(this::read).hasMessageContaining("findings: 7");
  }

  @Test
  void decode_headersThatLie_areRefused() {
    assertRefused("[]", 0, "no JSON object");
    assertRefused("{", 0, "no JSON");
    assertRefused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "datatype");
    assertRefused("{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}", 1, "dim");
    assertRefused("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]}}", 1, "spans");
    assertRefused("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "gap");
    assertRefused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0]}}", 2, "two integers");
    assertRefused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 1, "truncated");
    String huge = "2147483647,2147483647,2147483647";
    assertRefused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + huge + "],\"data_offsets\":[0,1]}}",
        1,
        "too many");
  }

  private static void assertRefused(String json, long dataBytes, String message) {
    assertThatThrownBy(() -> Safetensors.decode(json.getBytes(StandardCharsets.UTF_8), dataBytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }
}
