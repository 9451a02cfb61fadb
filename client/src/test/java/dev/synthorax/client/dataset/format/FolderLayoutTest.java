package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Jpeg;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FolderLayoutTest {
  @TempDir private Path folder;

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.FOLDER, folder);
  }

  private static Sample sample(ImageInfo info) {
    return new Sample(info, Fixture.picture(1, 4, 3), Map.of());
  }

  @Test
  void open_smallestTable_needsAnImageColumnOnly() throws IOException {
    Fixture.file(folder, "images.csv", "image", "scans/one.jpg", "two.png");
    Fixture.image(folder, "scans/one.jpg", Jpeg.encode(Fixture.picture(1, 8, 8), 95));
    Fixture.image(folder, "two.png", Png.encode(Fixture.picture(2, 8, 8)));
    Fixture.image(folder, "masks/two-heart.png", Png.encode(GrayImage.of(8, 8, new byte[64])));

    Dataset dataset = open();

    ImageInfo first = dataset.images().getFirst().info();
    assertThat(first).isEqualTo(ImageInfo.builder("one").build());
    assertThat(dataset.images().getFirst().load().masks()).isEmpty();
    Sample second = dataset.images().get(1).load();
    assertThat(second.image()).isEqualTo(Fixture.picture(2, 8, 8));
    assertThat(second.masks()).containsOnlyKeys(Structure.HEART);
    assertThat(dataset.warnings()).isEmpty();
  }

  @Test
  void open_tableByHand_isReadAsItIsMeant() throws IOException {
    Fixture.file(
        folder,
        "images.csv",
        "image,patient_id,sex,age_years,split,label_edema,label_mass,text",
        "a.png,p7,F,61.0,valid,-1,,\" two  words\"",
        "b.png,,,,,0,1.0,");

    ImageInfo first = open().images().getFirst().info();

    assertThat(first.patientId()).isEqualTo("p7");
    assertThat(first.sex()).isEqualTo(Sex.FEMALE);
    assertThat(first.ageYears()).isEqualTo(61);
    assertThat(first.split()).isEqualTo(Split.VALIDATION);
    assertThat(first.labels()).isEqualTo(Map.of("edema", Label.UNCERTAIN));
    assertThat(first.text()).isEqualTo(" two  words");
    assertThat(open().images().get(1).info().labels())
        .isEqualTo(Map.of("edema", Label.NEGATIVE, "mass", Label.POSITIVE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "two\nlines",
        "two\r\nlines",
        "a,b;c\td",
        "\"quoted\"",
        " ",
        "#1",
        "-1",
        "\u00e9\u4e2d\ud83d\ude00",
        "=1+1"
      })
  void text_ofAnyKind_comesBack(String text) throws IOException, InterruptedException {
    Sample sample = sample(ImageInfo.builder("a").text(text).build());

    Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), List.of(sample));

    assertThat(Fixture.read(DatasetFormat.FOLDER, folder)).containsExactly(sample);
  }

  @Test
  void seed_beyondSignedNumbers_comesBack() throws IOException, InterruptedException {
    Sample sample = sample(ImageInfo.builder("a").seed(-2L).build());

    Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), List.of(sample));

    assertThat(Files.readString(folder.resolve("images.csv"))).contains("18446744073709551614");
    assertThat(Fixture.read(DatasetFormat.FOLDER, folder)).containsExactly(sample);
  }

  @ParameterizedTest
  @CsvSource({
    "sex, robot, sex 'robot' (expected: female",
    "age_years, 6.5, age_years '6.5' (expected: a whole number)",
    "split, tune, split 'tune' (expected: train",
    "masks, liver, masks: structure: 'liver'",
    "seed, -3, seed '-3' (expected: a whole number",
    "attributes, {, attributes: no JSON",
    "attributes, '{\"a\":{}}', attributes: attribute a: {} (expected",
    "label_edema, yes, label_edema 'yes' (expected: 1",
  })
  void open_badValue_namesFileLineAndValue(String column, String value, String message)
      throws IOException {
    String cell = "\"" + value.replace("\"", "\"\"") + "\"";
    Fixture.file(folder, "images.csv", "image," + column, "a.png,", "b.png," + cell);

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("images.csv") + ": line 3: ")
        .hasMessageContaining(message);
  }

  @Test
  void open_whatIsNotRead_isWarnedAbout() throws IOException {
    Fixture.file(folder, "images.csv", "image,colour", "a.png,red");
    Fixture.file(folder, "boxes.csv", "id,label,x,y,width,height", "a,mass,1,2,3,4", "z,m,1,2,3,4");
    Fixture.file(folder, "masks/a-liver.png", "x");

    Dataset dataset = open();

    assertThat(dataset.images().getFirst().info().boxes())
        .containsExactly(new Box("mass", 1, 2, 3, 4));
    assertThat(dataset.warnings())
        .anyMatch(warning -> warning.contains("column 'colour' is not read"))
        .anyMatch(warning -> warning.contains("boxes.csv: image 'z' is not in "))
        .anyMatch(warning -> warning.contains("a-liver.png is not read: structure: 'liver'"));
  }

  @Test
  void load_maskOfOtherValuesOrSize_namesTheFile() throws IOException {
    Fixture.file(folder, "images.csv", "image,masks", "a.png,heart");
    Fixture.image(folder, "a.png", Png.encode(Fixture.picture(1, 2, 2)));
    String mask = "masks/a-heart.png";

    Fixture.image(folder, mask, Png.encode(GrayImage.of(2, 2, new byte[] {0, 1, 7, 0})));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining(folder.resolve(mask) + ": mask value ");

    Fixture.image(folder, mask, Png.encode(GrayImage.of(2, 1, new byte[2])));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining(folder.resolve(mask) + ": mask is ")
        .hasMessageContaining("images.csv: line 2");

    Fixture.image(folder, mask, Png.encode(GrayImage.of(2, 2, new byte[] {0, 1, 1, 0})));
    assertThat(open().images().getFirst().load().mask(Structure.HEART).area()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", ".", "a ", "a:b", "..", "a\nb"})
  void write_idThatIsNoFileName_isRefused(String id) {
    List<Sample> samples = List.of(sample(ImageInfo.builder(id).build()));

    assertThatThrownBy(
            () -> Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), samples))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id cannot be a file name");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_whatWouldNotComeBack_isRefused() {
    List<ImageInfo> infos =
        List.of(
            ImageInfo.builder("a").patientId("p ").build(),
            ImageInfo.builder("a").label(" edema", Label.POSITIVE).build(),
            ImageInfo.builder("a").attribute("b", new Object()).build(),
            ImageInfo.builder("a").attribute("b", Double.NaN).build());

    for (ImageInfo info : infos) {
      assertThatThrownBy(
              () ->
                  Fixture.write(
                      DatasetFormat.FOLDER, folder, Fixture.options(), List.of(sample(info))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("sample 'a'");
    }
  }

  @Test
  void load_maskNamedInTheTableButMissing_namesFileAndRow() throws IOException {
    Fixture.file(folder, "images.csv", "image,masks", "a.png,heart");
    Fixture.image(folder, "a.png", Png.encode(Fixture.picture(1, 5, 4)));

    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessage(
            folder.resolve("masks/a-heart.png")
                + ": no such file (named in "
                + folder.resolve("images.csv")
                + ": line 2)");
  }

  @Test
  void open_idTwice_isRefused() throws IOException {
    Fixture.file(folder, "images.csv", "image", "one/a.png", "two/a.png");

    assertThatThrownBy(this::open).hasMessageContaining("line 3: image 'a' comes twice");
  }

  @Test
  void open_headerAlone_saysThatThereAreNoImages() throws IOException {
    Fixture.file(folder, "images.csv", "image");

    assertThatThrownBy(this::open).hasMessageContaining("no images (expected: at least one)");
  }

  @Test
  void open_manyBadPatients_warnsOfTheFirstAndCountsTheOthers() throws IOException {
    List<String> lines = new ArrayList<>(List.of("image,patient_id,split"));
    for (int i = 0; i < 10; i++) {
      lines.add("a" + i + ".png,p" + i + ",train");
      lines.add("b" + i + ".png,p" + i + ",test");
    }
    Fixture.file(folder, "images.csv", lines.toArray(String[]::new));

    assertThat(open().warnings()).hasSize(6).last().isEqualTo("and 5 more: patients in two splits");
  }

  @Test
  void write_names_areThoseOfThePhantomCommand() throws IOException, InterruptedException {
    Sample sample = Fixture.samples().getFirst();
    Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), List.of(sample));

    assertThat(folder.resolve("images/" + sample.id() + ".png")).exists();
    assertThat(folder.resolve("masks/" + sample.id() + "-lungs.png")).exists();
    assertThat(Files.readAllLines(folder.resolve("images.csv")).getFirst())
        .startsWith(
            "id,image,patient_id,study_id,sex,age_years,view,split,masks,text,seed,attributes,"
                + "label_");
    assertThat(folder).isDirectoryNotContaining("glob:**.jsonl");
  }
}
