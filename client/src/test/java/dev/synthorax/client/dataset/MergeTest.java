package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MergeTest {
  private static ImageInfo.Builder info(String id, String patient) {
    return ImageInfo.builder(id).patientId(patient);
  }

  private static Merge.Part part(String name, ImageInfo.Builder... images) {
    return new Merge.Part(
        name + "/",
        name,
        Arrays.stream(images)
            .map(
                image ->
                    new DatasetImage(
                        image.build(),
                        info -> new Sample(info, GrayImage.of(1, 1, new byte[1]), Map.of())))
            .toList());
  }

  @ParameterizedTest
  @EnumSource(
      value = Merge.Names.class,
      names = {"UNKNOWN", "SAME_PATIENTS"})
  void of_imageInBoth_isRefusedWithBothFolders(Merge.Names names) {
    List<Merge.Part> parts = List.of(part("a", info("x", "1")), part("b", info("x", "2")));

    assertThatThrownBy(() -> Merge.of(parts, names))
        .hasMessage("image 'x' is in a/ and in b/ (expected: every image once)");
  }

  @Test
  void of_patientInBoth_isRefusedUnlessItIsSaidWhatThatMeans() {
    List<Merge.Part> parts = List.of(part("a", info("x", "1")), part("b", info("y", "1")));

    assertThatThrownBy(() -> Merge.of(parts, Merge.Names.UNKNOWN))
        .hasMessage("patient '1' is in a/ and in b/ (expected: every patient in one dataset)");
    assertThat(Merge.of(parts, Merge.Names.SAME_PATIENTS).images())
        .extracting(image -> image.info().patientId())
        .containsExactly("1", "1");
    assertThat(Merge.of(parts, Merge.Names.PREFIXED).images())
        .extracting(image -> image.info().patientId())
        .containsExactly("a-1", "b-1");
  }

  @Test
  void of_studyOfTwoPatients_isRefused() {
    List<Merge.Part> parts =
        List.of(part("a", info("x", "1").studyId("s")), part("b", info("y", "2").studyId("s")));

    assertThatThrownBy(() -> Merge.of(parts, Merge.Names.SAME_PATIENTS))
        .hasMessage("study 's' is in a/ and in b/ (expected: a study of one patient)");
  }

  @Test
  void of_samePatientInTwoSplits_isRefused() {
    List<Merge.Part> parts =
        List.of(
            part("a", info("x", "1").split(Split.TRAIN)),
            part("b", info("y", "1").split(Split.TEST)));

    assertThatThrownBy(() -> Merge.of(parts, Merge.Names.SAME_PATIENTS))
        .hasMessageContaining("patient '1' is in train (image 'x') and in test (image 'y')");
    assertThat(Merge.of(parts, Merge.Names.PREFIXED).images())
        .extracting(image -> image.info().split())
        .containsExactly(Split.TRAIN, Split.TEST);
  }

  @Test
  void of_prefixedNames_keepSyntheticImagesWithTheirParents() throws IOException {
    ImageInfo.Builder synthetic =
        info("y", "1")
            .studyId("t")
            .split(Split.TRAIN)
            .attribute(Splits.SYNTHETIC, true)
            .attribute(Splits.PARENT, "x");
    List<Merge.Part> parts =
        List.of(
            part("a", info("x", "1").split(Split.TRAIN), synthetic),
            part("b", info("x", "1").split(Split.TEST)));

    DatasetImage image = Merge.of(parts, Merge.Names.PREFIXED).images().get(1);

    assertThat(image.load().info())
        .isEqualTo(
            synthetic
                .id("a-y")
                .patientId("a-1")
                .studyId("a-t")
                .attribute(Splits.PARENT, "a-x")
                .build());
  }

  @Test
  void warnings_labelsAndSplitsOfSomeOnly_areNamed() {
    Merge merge =
        Merge.of(
            List.of(
                part(
                    "a",
                    info("x", "1")
                        .label("edema", Label.NEGATIVE)
                        .label("mass", Label.POSITIVE)
                        .split(Split.TRAIN)),
                part("b", info("y", "2").label("edema", Label.POSITIVE)),
                part("c", info("z", "3").label("edema", Label.POSITIVE))),
            Merge.Names.UNKNOWN);

    assertThat(merge.images().get(1).info().label("mass")).isNull();
    assertThat(merge.warnings())
        .containsExactly(
            "only a/ mentions mass; in the other images they are not mentioned, which is not"
                + " negative",
            "images of b/ and c/ have no split; the others keep theirs");
  }
}
