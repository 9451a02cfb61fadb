package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.proto.v1.Model;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code augment} refuses, each in one line. */
final class AugmentRefusalsTest extends AugmentCase {
  @Test
  void augment_anotherPlanInTheFolder_isRefused() throws Exception {
    String server = serve(fake);
    int exitFirst = augment(temp, server);

    plan(AugmentForTests.plan(40).replace("seed: 7", "seed: 8"));
    int exitSeed = augment(temp, server);
    String seed = err.toString();
    plan("seed: 7\narms: [{name: z, kind: single-label, count: 1, labels: [edema]}]\n");
    int exitArms = augment(temp, server);

    assertThat(List.of(exitFirst, exitSeed, exitArms)).containsExactly(0, 2, 2);
    assertThat(seed)
        .startsWith("error: " + temp + " was begun with seed 7 (expected: that seed; with 8 ")
        .hasLineCount(1);
    assertThat(err.toString())
        .startsWith(
            "error: "
                + temp
                + " holds the work of another plan, with the arms single, multi, mask, moved,")
        .hasLineCount(1);
  }

  @Test
  void augment_changedPlanOfADatasetThatCannotBeTakenUp_isRefused() throws Exception {
    String server = serve(fake);
    plan("seed: 7\narms: [{name: a, kind: single-label, count: 2, labels: [edema]}]\n");
    int exitFirst = augment(temp, server, "--format", "webdataset");
    plan("seed: 7\narms: [{name: a, kind: single-label, count: 3, labels: [edema]}]\n");

    int exit = augment(temp, server, "--format", "webdataset");

    assertThat(List.of(exitFirst, exit)).containsExactly(0, 2);
    assertThat(err.toString())
        .contains("was finished by another plan in the format webdataset")
        .hasLineCount(1);
  }

  private static void plan(String text) throws IOException {
    Files.writeString(shared.resolve("plan.yaml"), text);
  }

  @Test
  void augment_foreignFolder_isRefused() throws Exception {
    Files.writeString(temp.resolve("thesis.txt"), "mine");

    int exit = augment(temp, serve(fake));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("holds other files").hasLineCount(1);
    assertThat(temp.resolve("thesis.txt")).hasContent("mine");
  }

  @Test
  void augment_anotherModelOnResume_isRefused() throws Exception {
    fake.failAfter(5);
    fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "BROKEN", "something broke"));
    int exitBroken = augment(temp, serve(fake), "--concurrency", "1");
    FakeServices other = new FakeServices();
    other.haveVersion("fedcba9876543210");

    int exit = augment(temp, serve(other));

    assertThat(List.of(exitBroken, exit)).containsOnly(1);
    assertThat(err.toString())
        .contains("0123456789abcdef")
        .contains("fedcba9876543210")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "folder: source|folder: source, split: test|source.split: test (expected: train",
        "folder: source|folder: nowhere|nowhere is no folder",
        "folder: source|folder: source, exclude: [x]|source.exclude: 'x' (expected: an image of",
        "labels: [edema, cardiomegaly]|labels: [edema, cardiomegally]|arms[0] (single): label"
            + " 'cardiomegally' (expected:",
        "kind: multi-label|kind: multi-label, with-labels: [hernia]|arms[1] (multi): none of 12"
            + " training images fits (expected: one with hernia",
        "structures: [lungs]|structures: [chest_tube]|arms[4].structures: chest_tube (expected:"
            + " what fake-cxr takes, lungs, heart, pneumothorax)",
        "seed: 7|{seed: 7|no YAML (",
        "steps: 4|size: 64|generation.size: [64, 64] (expected: a size of fake-cxr, 128 x 128)",
        "name: single, kind: single-label, count: 8|name: single, kind: single-label, ratio:"
            + " 0.01|arms[0] (single): ratio 0.01 of 12 training images is 0",
        "name: classical, kind: classical, count: 4|name: phantom, kind: mask, structures: [lungs],"
            + " count: 0|:15: arms[6].count: 0 (expected: 1 to",
      })
  void augment_badPlan_isOneLineAndTwo(String right, String wrong, String expected)
      throws Exception {
    String plan = AugmentForTests.plan(40);
    assertThat(plan).contains(right);
    Files.writeString(shared.resolve("plan.yaml"), plan.replace(right, wrong));

    int exit = augment(temp.resolve("out"), serve(fake));

    assertThat(err.toString()).contains(expected);
    assertThat(err.toString().lines().filter(line -> line.startsWith("error: "))).hasSize(1);
    assertThat(exit).isIn(1, 2);
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  @Test
  void augment_formatThatCannotHoldAnArm_isFoundBeforeAnyImageIsMade() throws Exception {
    int exit = augment(temp, serve(fake), "--format", "nnunet");

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("error: arms[0] (single): cannot be written as nnunet: ")
        .hasLineCount(1);
    assertThat(fake.requests).isEmpty();
  }

  @Test
  void augment_sourceWithoutTheArmsMasks_namesImageAndStructure() throws Exception {
    Path other = Files.createDirectories(temp.resolve("plan"));
    copySource(other.resolve("source"));
    try (Stream<Path> masks = Files.list(other.resolve("source/masks"))) {
      for (Path mask : masks.filter(file -> file.toString().endsWith("heart.png")).toList()) {
        Files.delete(mask);
      }
    }
    Path table = other.resolve("source/images.csv");
    Files.writeString(table, Files.readString(table).replace("lungs;heart;", "lungs;"));
    Path plan = Files.writeString(other.resolve("plan.yaml"), AugmentForTests.plan(40));

    int exit =
        run(
            "augment",
            plan.toString(),
            "--out",
            temp.resolve("out").toString(),
            "--server",
            serve(fake));

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .containsPattern("error: arm mask: image 'phantom-\\d+' of the source has no mask of heart")
        .hasLineCount(1);
  }

  @Test
  void augment_patientInTwoSplits_isRefused() throws Exception {
    Path other = Files.createDirectories(temp.resolve("plan"));
    copySource(other.resolve("source"));
    Path table = other.resolve("source/images.csv");
    List<String> lines = new ArrayList<>(Files.readAllLines(table));
    lines.replaceAll(line -> line.replaceFirst("\\.png,[^,]+,", ".png,everyone,"));
    Files.write(table, lines);
    Path plan = Files.writeString(other.resolve("plan.yaml"), AugmentForTests.plan(40));

    int exit =
        run(
            "augment",
            plan.toString(),
            "--out",
            temp.resolve("out").toString(),
            "--server",
            serve(fake));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .asString()
        .contains("patient 'everyone' is in train (image '")
        .contains("(expected: one split a patient)");
  }

  private static void copySource(Path to) throws IOException {
    Path from = shared.resolve("source");
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  @Test
  void augment_planThatTheDiskHasNoRoomFor_failsBeforeAnythingIsMade() throws Exception {
    assumeThat(temp.toFile().getUsableSpace()).isLessThan(1L << 40);
    fake.forgeModel(AugmentRefusalsTest::ofLargeImages);
    Files.writeString(
        shared.resolve("plan.yaml"),
        """
        seed: 7
        arms:
          - {name: many, kind: single-label, count: 999999, labels: [edema]}
        """);

    int exit = augment(temp.resolve("out"), serve(fake));

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("error: room on the disk: ").doesNotContain("--check");
    assertThat(fake.requests).isEmpty();
  }

  private static Model ofLargeImages(Model model) {
    Model.Builder larger = model.toBuilder();
    larger.getDiffusionBuilder().getSizesBuilder(0).setWidth(1024).setHeight(1024);
    return larger.build();
  }
}
