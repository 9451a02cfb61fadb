package dev.synthorax.client.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExampleTest {
  private static ImageInfo.Builder info(String id, String finding) {
    return ImageInfo.builder(id).label(finding, Label.POSITIVE);
  }

  private static DatasetImage image(ImageInfo.Builder info) {
    return new DatasetImage(
        info.build(), about -> new Sample(about, GrayImage.of(1, 1, new byte[1]), Map.of()));
  }

  private static String describe(Example example) {
    Sample real = example.real();
    return example.image().id() + " " + (real == null ? "-" : real.id()) + " " + example.relation();
  }

  @Test
  void choose_parentThenSameFindingsThenAnyOther_areHeldAgainst() throws IOException {
    List<DatasetImage> images =
        List.of(
            image(info("s1", "edema")),
            image(info("s2", "edema").attribute(Splits.PARENT, "r3")),
            image(ImageInfo.builder("s3").text("Large pleural effusion on the left")),
            image(info("s4", "fracture")),
            image(info("s5", "fracture")));
    List<DatasetImage> reals =
        List.of(
            image(info("r1", "edema")),
            image(info("r2", "pleural_effusion")),
            image(info("r3", "edema")),
            image(info("r4", "cardiomegaly")));

    List<Example> examples = Example.choose(images, reals, 9);

    assertThat(examples)
        .extracting(ExampleTest::describe)
        .containsExactly(
            "s1 r1 another patient, same findings",
            "s3 r2 another patient, same findings",
            "s4 r3 another patient, other findings",
            "s2 r4 another patient, other findings",
            "s5 - ");
  }

  @Test
  void choose_noneOfTheSameFindings_prefersOneWithAFindingInCommon() throws IOException {
    List<DatasetImage> images =
        List.of(
            image(ImageInfo.builder("s1").text("Edema with a large pleural effusion")),
            image(info("s2", "fracture").label("edema", Label.POSITIVE)));
    List<DatasetImage> reals =
        List.of(
            image(info("r1", "cardiomegaly")),
            image(info("r2", "edema")),
            image(info("r3", "fracture").label("nodule", Label.POSITIVE)));

    List<Example> examples = Example.choose(images, reals, 2);

    assertThat(examples)
        .extracting(ExampleTest::describe)
        .containsExactly(
            "s1 r2 another patient, a finding in common",
            "s2 r3 another patient, a finding in common");
  }

  @Test
  void choose_fewerThanThereAre_takesFindingsInTurn() throws IOException {
    List<DatasetImage> images =
        List.of(
            image(info("a1", "edema")), image(info("a2", "edema")), image(info("b1", "fracture")));

    assertThat(Example.choose(images, List.of(), 2))
        .extracting(example -> example.image().id())
        .containsExactly("a1", "b1");
  }
}
