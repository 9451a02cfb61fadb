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
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NihLayoutTest {
  private static final String HEADER =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
          + "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";
  private static final String TABLE = "Data_Entry_2017_v2020.csv";
  private static final String ROW =
      "00000001_000.png,Cardiomegaly|Effusion,0,1,57,M,PA,2682,2749,0.143,0.143";

  @TempDir private Path folder;

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.NIH, folder);
  }

  private ImageInfo first() throws IOException {
    return open().images().getFirst().info();
  }

  @Test
  void open_publishedRow_hasElevenFieldsUnderNineNames() throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);

    ImageInfo info = first();

    assertThat(info.id()).isEqualTo("00000001_000");
    assertThat(info.patientId()).isEqualTo("1");
    assertThat(info.sex()).isEqualTo(Sex.MALE);
    assertThat(info.ageYears()).isEqualTo(57);
    assertThat(info.view()).isEqualTo(View.PA);
    assertThat(info.positives()).containsExactly("cardiomegaly", "pleural_effusion");
    assertThat(info.label("hernia")).isEqualTo(Label.NEGATIVE);
    assertThat(info.label(ImageInfo.NO_FINDING)).isEqualTo(Label.NEGATIVE);
    assertThat(info.attributes())
        .isEqualTo(
            Map.of(
                "original_width",
                2682,
                "original_height",
                2749,
                "original_pixel_spacing_x_mm",
                0.143,
                "original_pixel_spacing_y_mm",
                0.143));
  }

  @Test
  void open_olderTable_endsInACommaAndCountsYears() throws IOException {
    Fixture.file(
        folder,
        "Data_Entry_2017.csv",
        HEADER + ",",
        "00000001_000.png,No Finding,0,1,058Y,F,AP,2682,2749,0.143,0.143,",
        "00000002_000.png,No Finding,0,2,007M,F,AP,2682,2749,0.143,0.143,");

    assertThat(first().ageYears()).isEqualTo(58);
    assertThat(first().has(ImageInfo.NO_FINDING)).isTrue();
    assertThat(open().images().get(1).info().ageYears()).isZero();
  }

  @Test
  void open_boxes_infiltrateIsInfiltration() throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);
    Fixture.file(
        folder,
        "BBox_List_2017.csv",
        "Image Index,Finding Label,Bbox [x,y,w,h],,,",
        "00000001_000.png,Infiltrate,225.084745762712,547.019216763771,86.7796610169491,79.2,,,",
        "00000001_000.png,Effusion,1,2,3,4,,,",
        "00000009_000.png,Mass,1,2,3,4,,,");

    assertThat(first().boxes())
        .containsExactly(
            new Box("infiltration", 225.084745762712, 547.019216763771, 86.7796610169491, 79.2),
            new Box("pleural_effusion", 1, 2, 3, 4));
    assertThat(open().warnings())
        .contains(
            folder.resolve("BBox_List_2017.csv")
                + ": image '00000009_000.png' is not in "
                + folder.resolve(TABLE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"images", "images_007/images", "images_012", "images-224/images-224", "archive/x"})
  void load_anyOfTheImageFolders_isFound(String where) throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);
    GrayImage picture = Fixture.picture(5, 20, 30);
    Fixture.image(folder, where + "/00000001_000.png", Png.encode(picture));

    Dataset dataset = open();

    assertThat(dataset.images().getFirst().load().image()).isEqualTo(picture);
    assertThat(dataset.images().getFirst().missingFile()).isNull();
  }

  @Test
  void load_imageWithColourAndAlpha_isGrey() throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);
    BufferedImage colour = new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 6; i++) {
      int grey = 40 * i + 7;
      colour.setRGB(i % 3, i / 3, 0xFF << 24 | grey << 16 | grey << 8 | grey);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(colour, "png", bytes);
    Fixture.image(folder, "images/00000001_000.png", bytes.toByteArray());

    GrayImage image = open().images().getFirst().load().image();

    for (int i = 0; i < 6; i++) {
      assertThat(image.at(i % 3, i / 3)).isEqualTo(40 * i + 7);
    }
  }

  @Test
  void open_missingImage_isKnownAndNamedOnLoad() throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);

    assertThat(open().images().getFirst().missingFile())
        .isEqualTo(folder.resolve("images/00000001_000.png"));
    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining("00000001_000.png: no such file (named in ");
  }

  @Test
  void open_lists_giveTheSplits() throws IOException {
    Fixture.file(
        folder,
        TABLE,
        HEADER,
        ROW,
        ROW.replace("00000001_000", "00000002_000").replace(",1,57", ",2,57"),
        ROW.replace("00000001_000", "00000003_000").replace(",1,57", ",3,57"));
    Fixture.file(folder, "train_val_list.txt", "00000001_000.png");
    Fixture.file(folder, "test_list.txt", "00000002_000.png");

    Dataset dataset = open();

    assertThat(dataset.images())
        .extracting(image -> image.info().split())
        .containsExactly(Split.TRAIN, Split.TEST, null);
    assertThat(dataset.warnings())
        .contains(folder.resolve(TABLE) + ": line 4: '00000003_000.png' is in no list");
  }

  @Test
  void open_imageInBothLists_isRefused() throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);
    Fixture.file(folder, "train_val_list.txt", "00000001_000.png");
    Fixture.file(folder, "test_list.txt", "x.png", "00000001_000.png");

    assertThatThrownBy(this::open)
        .hasMessage(
            folder.resolve("test_list.txt")
                + ": line 2: '00000001_000.png' was listed before (expected: once)");
  }

  @ParameterizedTest
  @CsvSource({
    "Cardiomegaly|Effusion, Cardiomegaly|Flu, Finding Labels 'Cardiomegaly|Flu'",
    "Cardiomegaly|Effusion, No Finding|Mass, No Finding alone",
    "',M,', ',X,', Patient Gender 'X'",
    "',57,', ',young,', Patient Age 'young'",
    "',2682,', ',wide,', OriginalImage[Width 'wide'",
  })
  void open_badValue_namesLineColumnAndValue(String from, String to, String message)
      throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW.replace(from, to));

    assertThatThrownBy(this::open)
        .hasMessageStartingWith(folder.resolve(TABLE) + ": line 2: ")
        .hasMessageContaining(message);
  }

  @Test
  void open_boxWithoutASide_namesTheColumn() throws IOException {
    Fixture.file(folder, TABLE, HEADER, ROW);
    Fixture.file(
        folder,
        "BBox_List_2017.csv",
        "Image Index,Finding Label,Bbox [x,y,w,h],,,",
        "00000001_000.png,Mass,1,2,0,4,,,");

    assertThatThrownBy(this::open)
        .hasMessageContaining("BBox_List_2017.csv: line 2: w '0' (expected: a positive number)");
  }

  @Test
  void write_uncertainLabel_isRefusedAndLeavesNothing() {
    Sample phantom = Fixture.samples().getFirst();
    ImageInfo info = ImageInfo.builder("a").label("edema", Label.UNCERTAIN).build();
    List<Sample> samples = List.of(new Sample(info, phantom.image(), Map.of()));

    assertThatThrownBy(
            () ->
                Fixture.write(
                    DatasetFormat.NIH, folder, Fixture.options(new ArrayList<>()), samples))
        .hasMessage(
            "sample 'a': edema is uncertain (expected for nih: positive or negative; apply a"
                + " policy first)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_tables_haveThePublishedFirstLines() throws IOException, InterruptedException {
    Fixture.write(
        DatasetFormat.NIH,
        folder,
        Fixture.options(new ArrayList<>()),
        Fixture.samples().subList(0, 1));

    assertThat(Files.readAllLines(folder.resolve(TABLE)).getFirst()).isEqualTo(HEADER);
    assertThat(Files.readAllLines(folder.resolve("BBox_List_2017.csv")).getFirst())
        .isEqualTo("Image Index,Finding Label,Bbox [x,y,w,h],,,");
    assertThat(folder.resolve("images/00100000_000.png")).exists();
  }
}
