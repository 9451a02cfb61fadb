package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
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

  @Test
  void open_tableOfImagesAlone_hasDefaultsAndTheMasksThatAreThere() throws IOException {
    Fixture.file(folder, "images.csv", "image,hospital", "images/x.1.png,B", "images/y.jpg,C");
    Fixture.image(folder, "images/x.1.png", Png.encode(Fixture.picture(1, 5, 4)));
    Fixture.image(folder, "images/y.jpg", Jpeg.encode(Fixture.picture(2, 5, 4), 90));
    BinaryMask mask = BinaryMask.of(2, 1, new byte[] {0, 1}).resize(5, 4);
    Fixture.image(folder, "masks/x.1-heart.png", Png.encode(mask.toImage()));
    Fixture.image(folder, "masks/x.1-liver.png", Png.encode(mask.toImage()));

    Dataset dataset = open();

    Sample first = dataset.images().get(0).load();
    assertThat(first.info()).isEqualTo(ImageInfo.builder("x.1").build());
    assertThat(first.masks()).isEqualTo(Map.of(Structure.HEART, mask));
    assertThat(dataset.images().get(1).load().masks()).isEmpty();
    assertThat(dataset.warnings())
        .anyMatch(warning -> warning.contains("column 'hospital' is not read"))
        .anyMatch(
            warning ->
                warning.endsWith(
                    "1 file of masks/ in no row of it, passed over: masks/x.1-liver.png"));
  }

  @ParameterizedTest
  @CsvSource({"'',bmp", "'',TIF", "'',tiff", "'\"lungs\"',bmp"})
  void load_maskUnderTheEndingOfAnotherImage_isRead(String listed, String ending)
      throws IOException {
    Fixture.file(
        folder,
        "images.csv",
        listed.isEmpty() ? "image" : "image,masks",
        "images/x.png" + (listed.isEmpty() ? "" : "," + listed));
    Fixture.image(folder, "images/x.png", Png.encode(Fixture.picture(1, 5, 4)));
    BinaryMask mask = Fixture.half(5, 4);
    Fixture.image(folder, "masks/x-lungs." + ending, Fixture.encoded(mask.toImage(), ending));

    Dataset dataset = open();

    assertThat(dataset.images().getFirst().load().masks()).isEqualTo(Map.of(Structure.LUNGS, mask));
    assertThat(dataset.warnings()).noneMatch(warning -> warning.contains("passed over"));
  }

  @Test
  void load_maskUnderTwoEndings_isThePngAndTheOtherIsNamed() throws IOException {
    Fixture.file(folder, "images.csv", "image", "images/x.png");
    Fixture.image(folder, "images/x.png", Png.encode(Fixture.picture(1, 5, 4)));
    BinaryMask mask = Fixture.half(5, 4);
    Fixture.image(folder, "masks/x-lungs.bmp", new byte[] {'B', 'M'});
    Fixture.image(folder, "masks/x-lungs.png", Png.encode(mask.toImage()));

    Dataset dataset = open();

    assertThat(dataset.images().getFirst().load().masks()).isEqualTo(Map.of(Structure.LUNGS, mask));
    assertThat(dataset.warnings())
        .anyMatch(warning -> warning.endsWith("passed over: masks/x-lungs.bmp"));
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

  @ParameterizedTest
  @ValueSource(longs = {0, 7, -1, Long.MIN_VALUE})
  void write_anySeed_comesBack(long seed) throws IOException, InterruptedException {
    Sample sample = Fixture.samples().getFirst();
    Sample seeded =
        new Sample(sample.info().toBuilder().seed(seed).build(), sample.image(), sample.masks());
    Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), List.of(seeded));

    assertThat(open().images().getFirst().info().seed()).isEqualTo(seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "../up", ".hidden", "a:b", "nul\0", "end.", " x"})
  void write_idThatIsNoFileName_isRefused(String id) {
    Sample sample = Fixture.samples().getFirst();
    List<Sample> samples =
        List.of(
            new Sample(sample.info().toBuilder().id(id).build(), sample.image(), sample.masks()));

    assertThatThrownBy(
            () -> Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), samples))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id cannot be a file name");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_attributeThatWouldNotComeBack_isRefused() {
    Sample sample = Fixture.samples().getFirst();
    for (Object value : List.of(Double.NaN, Map.of(), List.of(1))) {
      List<Sample> samples =
          List.of(
              new Sample(
                  sample.info().toBuilder().attribute("odd", value).build(),
                  sample.image(),
                  sample.masks()));

      assertThatThrownBy(
              () -> Fixture.write(DatasetFormat.FOLDER, folder, Fixture.options(), samples))
          .hasMessageContaining("attribute odd is " + value);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sex, x, sex 'x' (expected: female, male or blank)",
    "age_years, old, age_years 'old' (expected: a finite decimal number)",
    "split, tune, 'split ''tune'' (expected: train, validation, test or blank)'",
    "seed, 1e3, seed '1e3'",
    "masks, liver, masks: structure: 'liver'",
    "attributes, '[1]', attributes: JSON is [1]",
    "label_edema, yes, label_edema 'yes'",
    "image, '', image '' (expected: a value)",
  })
  void open_badValue_namesLineColumnAndValue(String column, String value, String message)
      throws IOException {
    String header = column.equals("image") ? "image,id" : "image," + column;
    String row = column.equals("image") ? ",a" : "a.png," + value;
    Fixture.file(folder, "images.csv", header, row);

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder.resolve("images.csv") + ": line 2: ")
        .hasMessageContaining(message);
  }

  @Test
  void open_boxes_belongToTheirImages() throws IOException {
    Fixture.file(folder, "images.csv", "image,split,label_mass", "a.png,val,-1", "b.png,test,1");
    Fixture.file(
        folder, "boxes.csv", "id,label,x,y,width,height", "b,mass,1,2,3.5,4", "c,mass,1,2,3,4");

    Dataset dataset = open();

    assertThat(dataset.images().get(0).info().split()).isEqualTo(Split.VALIDATION);
    assertThat(dataset.images().get(0).info().label("mass")).isEqualTo(Label.UNCERTAIN);
    assertThat(dataset.images().get(1).info().boxes())
        .containsExactly(new Box("mass", 1, 2, 3.5, 4));
    assertThat(dataset.warnings())
        .containsExactly(
            folder.resolve("boxes.csv") + ": image 'c' is not in " + folder.resolve("images.csv"));
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
}
