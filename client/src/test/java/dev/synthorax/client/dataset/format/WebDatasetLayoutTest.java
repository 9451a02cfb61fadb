package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebDatasetLayoutTest {
  private static final byte[] PNG = Png.encode(Fixture.picture(1, 6, 4));

  @TempDir private Path folder;

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.WEBDATASET, folder);
  }

  /** One member of a tar file. */
  @SuppressWarnings("ArrayRecordComponent") // written once, never compared
  private record Member(String name, byte[] bytes) {
    Member(String name, String text) {
      this(name, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Writes a shard as another program would: with times, users and folders. */
  private void tar(String name, Member... members) throws IOException {
    try (OutputStream output = Files.newOutputStream(folder.resolve(name));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(output)) {
      for (Member member : members) {
        TarArchiveEntry entry = new TarArchiveEntry(member.name());
        entry.setSize(member.bytes().length);
        entry.setUserName("someone");
        tar.putArchiveEntry(entry);
        tar.write(member.bytes());
        tar.closeArchiveEntry();
      }
    }
  }

  @Test
  void write_shards_holdWholeSamplesInOrderUnderFixedHeaders()
      throws IOException, InterruptedException {
    List<Sample> samples = Fixture.samples();
    Fixture.write(DatasetFormat.WEBDATASET, folder, Fixture.options().withShardSize(5), samples);

    assertThat(WebDatasetLayout.shards(folder))
        .extracting(file -> file.getFileName().toString())
        .containsExactly(
            "test-000000.tar",
            "train-000000.tar",
            "train-000001.tar",
            "train-000002.tar",
            "validation-000000.tar");
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(Files.newInputStream(folder.resolve("train-000000.tar")))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
        assertThat(entry.getLastModifiedTime().toMillis()).isZero();
        assertThat(entry.getUserName() + entry.getGroupName()).isEmpty();
        assertThat(entry.getLongUserId() + entry.getLongGroupId()).isZero();
      }
    }
    String id = samples.getFirst().id();
    assertThat(names).startsWith(id + ".png", id + ".json", id + ".lungs.png");
    assertThat(Fixture.byId(Fixture.read(DatasetFormat.WEBDATASET, folder)))
        .isEqualTo(Fixture.byId(samples));
  }

  @Test
  void write_jpegAsked_storesJpegImagesAndLosslessMasks() throws IOException, InterruptedException {
    Sample sample = Fixture.samples().getFirst();
    Fixture.write(
        DatasetFormat.WEBDATASET,
        folder,
        Fixture.options().withEncoding(PixelEncoding.JPEG),
        List.of(sample));

    Sample read = Fixture.read(DatasetFormat.WEBDATASET, folder).getFirst();

    assertThat(read.image()).isEqualTo(Jpeg.decode(Jpeg.encode(sample.image(), 95), 64));
    assertThat(read.masks()).isEqualTo(sample.masks());
  }

  @Test
  void write_dotsAndLongNames_makeKeysThatComeBackAsIds() throws IOException, InterruptedException {
    Sample sample = Fixture.samples().getFirst();
    List<Sample> samples = new ArrayList<>();
    for (String id : List.of("1.2.840.99", "\u00e9".repeat(60), "x".repeat(115))) {
      samples.add(
          new Sample(sample.info().toBuilder().id(id).build(), sample.image(), sample.masks()));
    }
    Fixture.write(DatasetFormat.WEBDATASET, folder, Fixture.options(), samples);

    assertThat(Fixture.read(DatasetFormat.WEBDATASET, folder)).isEqualTo(samples);
  }

  @Test
  void write_idsThatDifferInDotsOnly_areRefused() {
    Sample sample = Fixture.samples().getFirst();
    List<Sample> samples = new ArrayList<>();
    for (String id : List.of("a.b", "a_b")) {
      samples.add(
          new Sample(sample.info().toBuilder().id(id).build(), sample.image(), sample.masks()));
    }

    assertThatThrownBy(
            () -> Fixture.write(DatasetFormat.WEBDATASET, folder, Fixture.options(), samples))
        .hasMessageContaining("sample 'a_b': another has the key 'a_b'");
  }

  @Test
  void open_shardOfOthers_readsWhatIsThereAndSaysWhatIsNot() throws IOException {
    tar(
        "val-0.tar",
        new Member("./dir/0001.jpg", Jpeg.encode(Fixture.picture(1, 6, 4), 90)),
        new Member("./dir/0001.txt", " small effusion \n"),
        new Member("./dir/0001.cls", "3"),
        new Member("./dir/0002.PNG", PNG),
        new Member("./dir/0002.json", "{\"labels\":{\"edema\":1,\"mass\":-1},\"text\":\"edema\"}"),
        new Member("README", "read me"));

    Dataset dataset = open();

    ImageInfo first = dataset.images().get(0).info();
    assertThat(first.id()).isEqualTo("dir_0001");
    assertThat(first.text()).isEqualTo("small effusion");
    assertThat(first.split()).isEqualTo(Split.VALIDATION);
    ImageInfo second = dataset.images().get(1).info();
    assertThat(second.labels()).isEqualTo(Map.of("edema", Label.POSITIVE, "mass", Label.UNCERTAIN));
    assertThat(dataset.images().get(1).load().image()).isEqualTo(Fixture.picture(1, 6, 4));
    assertThat(dataset.warnings())
        .anyMatch(warning -> warning.contains("0001.cls is not read"))
        .anyMatch(warning -> warning.contains("no .json for key 'dir/0001'"))
        .anyMatch(warning -> warning.contains("member README is not read: no ending"));
  }

  @Test
  void open_jsonOfOthers_namesTheKeysThatAreNotRead() throws IOException {
    tar(
        "a.tar",
        new Member("k.png", PNG),
        new Member(
            "k.json",
            "{\"caption\":\"edema\",\"labels\":[\"Edema\"],\"age\":58,\"sex\":\"M\",\"boxes\":{},"
                + "\"attributes\":3,\"seed\":null}"));

    Dataset dataset = open();

    String start = folder.resolve("a.tar") + ": key 'k': JSON key ";
    String keys =
        " (expected: one of id, patient_id, study_id, sex, age_years, view, split, labels, boxes,"
            + " text, seed, attributes)";
    assertThat(dataset.images().getFirst().info().sex()).isEqualTo(Sex.MALE);
    assertThat(dataset.warnings())
        .containsExactly(
            start + "'caption' is not read" + keys,
            start + "'labels' is not read: [\"Edema\"] (expected: an object of values by name)",
            start + "'age' is not read" + keys,
            start + "'boxes' is not read: {} (expected: a list of objects)",
            start + "'attributes' is not read: 3 (expected: an object of values by name)");
  }

  @Test
  void open_membersApart_saysThatAndWhatToDo() throws IOException {
    tar(
        "a.tar",
        new Member("a.png", PNG),
        new Member("b.png", PNG),
        new Member("a.json", "{}"),
        new Member("b.json", "{}"));

    assertThatThrownBy(this::open)
        .hasMessage(
            folder.resolve("a.tar")
                + ": member a.json is apart from the others of key 'a' (expected: the members of a"
                + " sample next to each other; make the tar from sorted names)");
  }

  @Test
  void open_sampleWithoutImageOrWithTwo_namesShardAndKey() throws IOException {
    tar("a.tar", new Member("k.json", "{}"));
    assertThatThrownBy(this::open)
        .hasMessage(
            folder.resolve("a.tar")
                + ": no image for key 'k' (expected: a .png, .jpg, .tif or .bmp member)");

    tar("a.tar", new Member("k.png", PNG), new Member("k.jpg", PNG));
    assertThatThrownBy(this::open).hasMessageContaining("two members of kind .jpg for key 'k'");
  }

  @Test
  void open_keyTwice_namesTheSecondShard() throws IOException {
    tar("a.tar", new Member("k.png", PNG), new Member("k.json", "{}"));
    tar("b.tar", new Member("k.png", PNG), new Member("k.json", "{}"));

    assertThatThrownBy(this::open)
        .hasMessageContaining(folder.resolve("b.tar") + ": key 'k': image 'k' comes twice");
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
      tar("a.tar", new Member("k.png", PNG), new Member("k.json", bad[0]));

      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(folder.resolve("a.tar") + ": key 'k': ")
          .hasMessageContaining(bad[1]);
    }
  }

  @Test
  void open_truncatedShard_namesIt() throws IOException {
    tar("a.tar", new Member("k.png", PNG), new Member("l.png", new byte[5000]));
    byte[] whole = Files.readAllBytes(folder.resolve("a.tar"));
    for (int length : new int[] {100, 700, 3000}) {
      Files.write(folder.resolve("a.tar"), Arrays.copyOf(whole, length));

      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(folder.resolve("a.tar") + ":");
    }
  }

  @Test
  void load_damagedImageOrMaskOfOtherSize_namesShardAndKey() throws IOException {
    tar("a.tar", new Member("k.png", "no picture"));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("a.tar: no image")
        .hasMessageContaining("key 'k'");

    tar(
        "a.tar",
        new Member("k.png", PNG),
        new Member("k.heart.png", Png.encode(BinaryMask.empty(3, 4).toImage())));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("mask of 3 x 4 pixels (expected: the image's 6 x 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bmp", "tif", "TIFF", "png"})
  void load_anyKindOfImage_isReadUnderItsEnding(String ending) throws IOException {
    BinaryMask mask = Fixture.half(6, 4);
    byte[] image = Fixture.encoded(Fixture.picture(1, 6, 4), ending);
    byte[] outline = Fixture.encoded(mask.toImage(), ending);
    tar("a.tar", new Member("k." + ending, image), new Member("k.lungs." + ending, outline));

    Sample sample = open().images().getFirst().load();

    assertThat(sample.image()).isEqualTo(Fixture.picture(1, 6, 4));
    assertThat(sample.masks()).isEqualTo(Map.of(Structure.LUNGS, mask));
  }

  @Test
  void load_maskOfZeroAndOneOrOtherValues_isReadOrRefused() throws IOException {
    byte[] cells = new byte[24];
    cells[5] = 1;
    tar(
        "a.tar",
        new Member("k.png", PNG),
        new Member(
            "k.heart.png", Png.encode(dev.synthorax.client.image.GrayImage.of(6, 4, cells))));
    assertThat(open().images().getFirst().load().mask(Structure.HEART).area()).isEqualTo(1);

    cells[6] = 100;
    tar(
        "a.tar",
        new Member("k.png", PNG),
        new Member(
            "k.heart.png", Png.encode(dev.synthorax.client.image.GrayImage.of(6, 4, cells))));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("mask: 3 values: 0, 1, 100 (expected: a mask of two values");
  }
}
