package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebDatasetLayoutTest {
  private static final byte[] PICTURE = Png.encode(Fixture.picture(1, 4, 4));

  @TempDir private Path folder;

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.WEBDATASET, folder);
  }

  private Path tar(String name, Map<String, byte[]> members) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream bytes = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey());
        entry.setSize(member.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private static Map<String, byte[]> members(Object... namesAndBytes) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndBytes.length; i += 2) {
      Object value = namesAndBytes[i + 1];
      members.put(
          (String) namesAndBytes[i],
          value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) value);
    }
    return members;
  }

  @Test
  void open_shardOfOthers_readsWhatItKnows() throws IOException {
    tar(
        "train-0001.tar",
        members(
            "set/one.png",
            PICTURE,
            "set/one.txt",
            "an effusion\n",
            "set/one.cls",
            "3",
            "two.heart.png",
            Png.encode(Fixture.picture(0, 1, 1)),
            "two.png",
            PICTURE,
            "two.json",
            "{\"labels\":{\"edema\":1,\"mass\":-1},\"split\":\"val\",\"other\":[1]}"));

    Dataset dataset = open();

    ImageInfo one = dataset.images().getFirst().info();
    assertThat(one.id()).isEqualTo("set_one");
    assertThat(one.text()).isEqualTo("an effusion");
    assertThat(one.split()).isEqualTo(Split.TRAIN);
    assertThat(dataset.images().getFirst().load().image()).isEqualTo(Fixture.picture(1, 4, 4));
    ImageInfo two = dataset.images().get(1).info();
    assertThat(two.labels()).isEqualTo(Map.of("edema", Label.POSITIVE, "mass", Label.UNCERTAIN));
    assertThat(two.split()).isEqualTo(Split.VALIDATION);
    assertThat(dataset.warnings())
        .anyMatch(warning -> warning.contains("no .json for key 'set/one'"))
        .anyMatch(warning -> warning.contains("set/one.cls is not read"));
    assertThatThrownBy(() -> dataset.images().get(1).load())
        .hasMessageContaining("train-0001.tar: mask is ")
        .hasMessageContaining("key 'two'");
  }

  @Test
  void write_shards_areNamedAfterTheSplitAndAreOfTheSizeAsked()
      throws IOException, InterruptedException {
    Fixture.write(
        DatasetFormat.WEBDATASET, folder, Fixture.options().withShardSize(5), Fixture.samples());

    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "train-000000.tar",
              "train-000001.tar",
              "train-000002.tar",
              "validation-000000.tar",
              "test-000000.tar");
    }
    assertThat(Fixture.read(DatasetFormat.WEBDATASET, folder)).hasSize(20);
  }

  @Test
  void write_headers_haveNoTimeUserOrMode() throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples().subList(0, 1);
    Fixture.write(DatasetFormat.WEBDATASET, folder, Fixture.options(), samples);

    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(Files.newInputStream(folder.resolve("train-000000.tar")))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
        assertThat(entry.getLastModifiedTime().toMillis()).isZero();
        assertThat(entry.getLongUserId() + entry.getLongGroupId()).isZero();
        assertThat(entry.getUserName() + entry.getGroupName()).isEmpty();
        assertThat(entry.getMode() & 0777).isEqualTo(0644);
      }
    }
    String key = samples.getFirst().id();
    assertThat(names)
        .startsWith(key + ".png", key + ".json", key + ".lungs.png")
        .hasSize(2 + Structure.values().length);
  }

  @Test
  void write_longIdWithDots_comesBack() throws IOException, InterruptedException {
    String id = "1.2.826." + "0123456789.".repeat(10) + "\u00e9";
    Sample sample = new Sample(ImageInfo.builder(id).build(), Fixture.picture(1, 4, 4), Map.of());

    Fixture.write(DatasetFormat.WEBDATASET, folder, Fixture.options(), List.of(sample));

    assertThat(folder.resolve("data-000000.tar")).exists();
    assertThat(Fixture.read(DatasetFormat.WEBDATASET, folder)).containsExactly(sample);
  }

  @Test
  void write_idsThatDifferByDotsOnly_areRefused() {
    List<Sample> samples = new ArrayList<>();
    for (String id : List.of("a.b", "a_b")) {
      samples.add(new Sample(ImageInfo.builder(id).build(), Fixture.picture(1, 4, 4), Map.of()));
    }

    assertThatThrownBy(
            () -> Fixture.write(DatasetFormat.WEBDATASET, folder, Fixture.options(), samples))
        .hasMessageContaining("sample 'a_b': another has the key 'a_b'");
  }

  @Test
  void write_jpeg_isSmallerAndNearlyTheSame() throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples().subList(0, 1);
    Fixture.write(
        DatasetFormat.WEBDATASET,
        folder,
        Fixture.options().withEncoding(PixelEncoding.JPEG),
        samples);

    Sample read = Fixture.read(DatasetFormat.WEBDATASET, folder).getFirst();

    assertThat(Fixture.difference(read.image(), samples.getFirst().image())).isBetween(0.01, 3.0);
    assertThat(read.masks()).isEqualTo(samples.getFirst().masks());
  }

  @Test
  void open_keyWithoutImageOrWithTwo_isNamed() throws IOException {
    Path file = tar("a.tar", members("k.json", "{}"));
    assertThatThrownBy(this::open)
        .hasMessage(file + ": no image for key 'k' (expected: a .png or .jpg member)");

    tar("a.tar", members("k.png", PICTURE, "k.jpg", PICTURE));
    assertThatThrownBy(this::open).hasMessageContaining("two members of kind .jpg for key 'k'");
  }

  @Test
  void open_sameKeyInTwoShards_isRefused() throws IOException {
    tar("a.tar", members("k.png", PICTURE));
    tar("b.tar", members("k.png", PICTURE));

    assertThatThrownBy(this::open).hasMessageContaining("b.tar: key 'k': image 'k' comes twice");
  }

  @Test
  void open_truncatedOrCompressedShard_isRefused() throws IOException {
    Path file = tar("a.tar", members("k.png", PICTURE, "k.json", "{}"));
    byte[] whole = Files.readAllBytes(file);

    Files.write(file, Arrays.copyOf(whole, 520));
    assertThatThrownBy(this::open).hasMessageStartingWith(file.toString());

    Fixture.file(folder, "b.gz", "text");
    Files.move(folder.resolve("b.gz"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(this::open).hasMessageStartingWith(file.toString());
  }

  @Test
  void open_badJson_namesKeyMemberAndValue() throws IOException {
    for (String[] bad :
        new String[][] {
          {"{", "no JSON"},
          {"[]", "JSON is [] (expected: an object)"},
          {"{\"labels\":{\"edema\":2}}", "label edema: 2 (expected: 1, 0 or -1)"},
          {"{\"sex\":\"x\"}", "sex 'x' (expected: female or male)"},
          {"{\"split\":\"tune\"}", "split: 'tune'"},
          {"{\"seed\":1.5}", "seed: 1.5 (expected: a whole number)"},
          {"{\"age_years\":\"7\"}", "age_years: \"7\""},
          {"{\"boxes\":[{\"label\":\"m\",\"x\":1}]}", "box: y is"},
          {"{\"attributes\":{\"a\":{}}}", "attribute a: {}"},
          {"{\"id\":3}", "id: 3 (expected: a string)"}
        }) {
      tar("a.tar", members("k.png", PICTURE, "k.json", bad[0]));

      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(folder.resolve("a.tar") + ": key 'k': ")
          .hasMessageContaining(bad[1]);
    }
  }

  @Test
  void load_damagedImageOrMaskOfOtherSize_namesShardAndKey() throws IOException {
    tar("a.tar", members("k.png", "no picture"));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("a.tar: no image")
        .hasMessageContaining("key 'k'");

    tar("a.tar", members("k.png", PICTURE, "k.heart.png", Png.encode(Fixture.picture(0, 3, 4))));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("mask is GrayImage[3 x 4]");
  }
}
