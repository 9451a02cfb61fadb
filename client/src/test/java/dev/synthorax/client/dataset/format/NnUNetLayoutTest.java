package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NnUNetLayoutTest {
  private static final String PLAIN =
      "{\"channel_names\":{\"0\":\"CXR\"},\"labels\":{\"background\":0,\"lung\":1,\"heart\":2},"
          + "\"numTraining\":1,\"file_ending\":\".png\"}";

  @TempDir private Path folder;

  private final List<String> warnings = new ArrayList<>();

  private Dataset open() throws IOException {
    return Fixture.open(DatasetFormat.NNUNET, folder);
  }

  private JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve(name)));
  }

  /** A sample of 4 x 1 pixels; masks as strings of 0 and 1. */
  private static Sample sample(ImageInfo info, Map<Structure, String> masks) {
    Map<Structure, BinaryMask> cells = new HashMap<>();
    masks.forEach(
        (structure, text) -> {
          byte[] bytes = new byte[text.length()];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (text.charAt(i) - '0');
          }
          cells.put(structure, BinaryMask.of(text.length(), 1, bytes));
        });
    return new Sample(info, Fixture.picture(1, 4, 1), cells);
  }

  private static ImageInfo info(String id, String patient, @Nullable Split split) {
    return ImageInfo.builder(id).patientId(patient).split(split).build();
  }

  private void write(List<Sample> samples) throws IOException, InterruptedException {
    Fixture.write(DatasetFormat.NNUNET, folder, Fixture.options(warnings), samples);
  }

  @Test
  void write_structuresThatDoNotOverlap_makeAPlainLabelMap()
      throws IOException, InterruptedException {
    write(
        List.of(
            sample(
                info("a", "a", Split.TRAIN),
                Map.of(Structure.LUNGS, "1100", Structure.HEART, "0010"))));

    assertThat(json("dataset.json").path("labels"))
        .hasToString("{\"background\":0,\"lungs\":1,\"heart\":2}");
    assertThat(json("dataset.json").has("regions_class_order")).isFalse();
    assertThat(Png.decode(Files.readAllBytes(folder.resolve("labelsTr/a.png")), 4).toBytes())
        .containsExactly(1, 1, 2, 0);
    assertThat(json("dataset.json").path("numTraining").asInt()).isEqualTo(1);
    assertThat(folder.resolve("imagesTr/a_0000.png")).exists();
  }

  @Test
  void write_structuresThatOverlap_makeRegionsOfConsecutiveNumbers()
      throws IOException, InterruptedException {
    Sample overlapping =
        sample(
            info("a", "a", Split.TRAIN),
            Map.of(
                Structure.LUNGS, "1110", Structure.HEART, "0010", Structure.PNEUMOTHORAX, "1001"));
    write(List.of(overlapping));

    assertThat(json("dataset.json").path("labels"))
        .hasToString("{\"background\":0,\"lungs\":[1,4,5],\"heart\":[2,5],\"pneumothorax\":[3,4]}");
    assertThat(json("dataset.json").path("regions_class_order")).hasToString("[1,2,3]");
    assertThat(Png.decode(Files.readAllBytes(folder.resolve("labelsTr/a.png")), 4).toBytes())
        .containsExactly(4, 1, 5, 3);
    assertThat(open().images().getFirst().load().masks()).isEqualTo(overlapping.masks());
  }

  @Test
  void write_chosenStructures_leavesTheOthersAndSaysSo() throws IOException, InterruptedException {
    Fixture.write(
        DatasetFormat.NNUNET,
        folder,
        Fixture.options(warnings).withStructures(List.of(Structure.HEART)),
        List.of(
            sample(
                info("a", "a", Split.TRAIN),
                Map.of(Structure.LUNGS, "1110", Structure.HEART, "0010"))));

    assertThat(json("dataset.json").path("labels")).hasToString("{\"background\":0,\"heart\":1}");
    assertThat(warnings).containsExactly("nnunet: cannot hold masks of lungs; dropped (first: a)");
  }

  @Test
  void write_sampleWithoutAMask_isRefused() {
    List<Sample> samples =
        List.of(
            sample(info("a", "a", Split.TRAIN), Map.of(Structure.LUNGS, "1110")),
            sample(info("b", "b", Split.TRAIN), Map.of(Structure.HEART, "1110")));

    assertThatThrownBy(() -> write(samples)).hasMessageContaining("sample b: no mask of lungs");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_validationSplit_isTheOnlyFoldAndHoldsRealImagesOnly()
      throws IOException, InterruptedException {
    Map<Structure, String> mask = Map.of(Structure.LUNGS, "1110");
    ImageInfo.Builder made = ImageInfo.builder("made").attribute(Splits.SYNTHETIC, true);
    write(
        List.of(
            sample(info("t", "p1", Split.TRAIN), mask),
            sample(info("v", "p2", Split.VALIDATION), mask),
            sample(info("x", "p3", Split.TEST), mask),
            sample(made.split(Split.TRAIN).build(), mask),
            sample(
                made.id("child of v").attribute(Splits.PARENT, "v").patientId("c").build(), mask)));

    assertThat(json("splits_final.json"))
        .hasToString("[{\"train\":[\"t\",\"made\"],\"val\":[\"v\"]}]");
    assertThat(folder.resolve("imagesTs/x_0000.png")).exists();
    assertThat(Fixture.byId(Fixture.read(DatasetFormat.NNUNET, folder)).values())
        .extracting(sample -> sample.id() + " " + sample.info().split())
        .containsExactlyInAnyOrder(
            "t TRAIN", "v VALIDATION", "x TEST", "made TRAIN", "child of v null");
  }

  @Test
  void write_noValidationSplit_makesFoldsByPatientThatValidateOnRealImages()
      throws IOException, InterruptedException {
    Map<Structure, String> mask = Map.of(Structure.LUNGS, "1110");
    List<Sample> samples = new ArrayList<>();
    Map<String, String> patients = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      String patient = "patient" + i / 2;
      ImageInfo.Builder info = ImageInfo.builder("i" + i).patientId(patient).split(Split.TRAIN);
      if (i % 10 == 9) {
        info.attribute(Splits.SYNTHETIC, true);
      }
      patients.put("i" + i, patient);
      samples.add(sample(info.build(), mask));
    }
    write(samples);

    JsonNode folds = json("splits_final.json");

    assertThat(folds).hasSize(5);
    int validated = 0;
    for (JsonNode fold : folds) {
      List<String> held = new ArrayList<>();
      for (JsonNode id : fold.path("val")) {
        held.add(patients.get(id.asText()));
        assertThat(id.asText()).doesNotEndWith("9");
        validated++;
      }
      for (JsonNode id : fold.path("train")) {
        assertThat(held).doesNotContain(patients.get(id.asText()));
      }
    }
    assertThat(validated).isEqualTo(54);
    assertThat(open().images()).allMatch(image -> image.info().split() == Split.TRAIN);
    assertThat(open().warnings())
        .containsExactly(
            folder.resolve("splits_final.json") + ": 5 folds; all of imagesTr is in train");
  }

  private void plain(byte[] labels) throws IOException {
    Fixture.file(folder, "dataset.json", PLAIN);
    Fixture.image(folder, "imagesTr/c_0000.png", Png.encode(Fixture.picture(1, 4, 1)));
    Fixture.image(folder, "labelsTr/c.png", Png.encode(GrayImage.of(4, 1, labels)));
  }

  @Test
  void load_plainLabelMap_givesAMaskEach() throws IOException {
    plain(new byte[] {0, 1, 2, 1});

    Sample sample = open().images().getFirst().load();

    assertThat(sample.mask(Structure.LUNGS).toBytes()).containsExactly(0, 1, 0, 1);
    assertThat(sample.mask(Structure.HEART).toBytes()).containsExactly(0, 0, 1, 0);
  }

  @Test
  void load_labelNotInDatasetJson_namesFileAndValue() throws IOException {
    plain(new byte[] {0, 1, 7, 1});

    assertThatThrownBy(() -> open().images().getFirst().load())
        .hasMessageContaining(folder.resolve("labelsTr/c.png") + ": label 7 (expected: one of ");
  }

  @Test
  void load_caseWithoutLabels_namesTheFile() throws IOException {
    plain(new byte[4]);
    Files.delete(folder.resolve("labelsTr/c.png"));

    DatasetImage image = open().images().getFirst();

    assertThat(image.missingFile()).isEqualTo(folder.resolve("labelsTr/c.png"));
    assertThatThrownBy(image::load)
        .hasMessage(
            folder.resolve("labelsTr/c.png")
                + ": no such file (named in "
                + folder.resolve("imagesTr/c_0000.png")
                + ")");
  }

  @Test
  void open_wrongCountForeignFileAndUnknownLabel_areWarnedAbout() throws IOException {
    plain(new byte[4]);
    Fixture.file(
        folder,
        "dataset.json",
        PLAIN.replace("\"numTraining\":1", "\"numTraining\":3").replace("heart", "tumour"));
    Fixture.file(folder, "imagesTr/notes.txt", "x");

    assertThat(open().warnings())
        .anyMatch(warning -> warning.contains("label is not read: structure: 'tumour'"))
        .anyMatch(warning -> warning.contains("numTraining 3 (expected: 1"))
        .anyMatch(warning -> warning.contains("notes.txt is not read"));
  }

  @Test
  void open_lossyOrSeveralChannels_isRefused() throws IOException {
    plain(new byte[4]);
    Fixture.file(folder, "dataset.json", PLAIN.replace(".png", ".jpg"));
    assertThatThrownBy(this::open).hasMessageContaining("file_ending '.jpg'");

    Fixture.file(folder, "dataset.json", PLAIN.replace("\"CXR\"", "\"CXR\",\"1\":\"b\""));
    assertThatThrownBy(this::open).hasMessageContaining("channel_names");
  }

  @Test
  void open_foldWithACaseThatIsNotThere_hasItAsMissing() throws IOException {
    plain(new byte[4]);
    Fixture.file(folder, "splits_final.json", "[{\"train\":[\"c\"],\"val\":[\"gone\"]}]");

    var images = open().images();

    assertThat(images).hasSize(2);
    assertThat(images.get(0).missingFile()).isNull();
    assertThat(images.get(1).info().split()).isEqualTo(Split.VALIDATION);
    assertThat(images.get(1).missingFile()).isEqualTo(folder.resolve("imagesTr/gone_0000.png"));
    assertThatThrownBy(images.get(1)::load)
        .hasMessageContaining("gone_0000.png: no such file")
        .hasMessageContaining("splits_final.json");
  }

  @Test
  void open_labelsWithoutImage_haveItAsMissing() throws IOException {
    plain(new byte[4]);
    Fixture.image(folder, "labelsTr/lost.png", Png.encode(Fixture.picture(1, 4, 1)));

    var images = open().images();

    assertThat(images).hasSize(2);
    assertThat(images.get(1).info().id()).isEqualTo("lost");
    assertThat(images.get(1).missingFile()).isEqualTo(folder.resolve("imagesTr/lost_0000.png"));
    assertThat(images.get(1).source().at()).endsWith("labelsTr/lost.png");
  }
}
