package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.augment.AugmentForTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What stands in a plan's way, found by {@code --check}. */
final class AugmentCheckTest extends AugmentCase {
  private static final JsonMapper JSON = new JsonMapper();

  private static void plan(String text) throws IOException {
    Files.writeString(shared.resolve("plan.yaml"), text);
  }

  private static String plan(Path folder) {
    return folder.resolve("plan.yaml").toString();
  }

  @Test
  void check_soundPlan_saysWhatWouldBeMadeAndMakesNothing() throws Exception {
    int exit = augment(temp.resolve("out"), serve(fake), "--check");

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    assertThat(out.toString())
        .startsWith(
            "40 images, 36 of them by fake-cxr 0123456789abcdef\n  single  8 single-label\n")
        .contains("  both  4 mask-and-text and 12 of the source\n")
        .containsPattern("\nroom: about [\\d.]+ [kM]B while at work, [\\d.]+ [kM]B at the end; ")
        .endsWith("Nothing stands in the way\n");
    assertThat(fake.requests).isEmpty();
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void check_severalProblems_areAllTold() throws Exception {
    fake.know(List.of("edema"));
    plan(
        AugmentForTests.plan(40)
            .replace("steps: 4", "steps: 4, size: 64")
            .replace("structures: [lungs],", "structures: [lungs, chest_tube],")
            .replace("count: 8, labels", "count: 8, labels: [nodule], x")
            .replace(", x: [edema, cardiomegaly]", "")
            .replace("kind: multi-label", "kind: multi-label, with-labels: [hernia]"));
    Files.writeString(temp.resolve("thesis.txt"), "mine");

    int exit = augment(temp, serve(fake), "--check", "--json");

    assertThat(exit).isEqualTo(1);
    JsonNode answer = JSON.readTree(out.toString());
    assertThat(answer.path("ok").asBoolean()).isFalse();
    assertThat(strings(answer.path("problems")))
        .anyMatch(line -> line.contains("holds other files"))
        .anyMatch(line -> line.startsWith("arms[1] (multi): none of 12 training images fits"));
    assertThat(temp.resolve(".work")).doesNotExist();
  }

  @Test
  void check_modelThatLacksWhatThePlanAsksFor_isToldAsAWhole() throws Exception {
    fake.know(List.of("edema"));
    plan(
        AugmentForTests.plan(40)
            .replace("steps: 4", "steps: 4, size: 64")
            .replace("structures: [lungs],", "structures: [lungs, chest_tube],")
            .replace("kind: multi-label", "kind: multi-label, with-labels: [hernia]"));

    int exit = augment(temp.resolve("out"), serve(fake), "--check", "--json");

    assertThat(exit).isEqualTo(1);
    assertThat(strings(JSON.readTree(out.toString()).path("problems")))
        .anyMatch(line -> line.startsWith("generation.size: [64, 64] (expected: a size of"))
        .anyMatch(line -> line.startsWith("arms[4].structures: chest_tube (expected: what"))
        .anyMatch(line -> line.startsWith("arms[1] (multi): none of 12 training images fits"))
        .anyMatch(
            line ->
                line.matches(
                    "\\d+ of 16 images with a prompt would be labelled with findings that fake-cxr"
                        + " does not know: cardiomegaly \\(.*; arms single, .*\\(expected: edema; or"
                        + " unknown-findings: drop, or drop-items\\)"));
  }

  @Test
  void check_parentsThatCannotBeUsed_areCountedWithExamples() throws Exception {
    Path folder = brokenSource("max-skipped: 0");

    int exit = run("augment", plan(folder), "--out", temp.resolve("out").toString(), "--check");

    assertThat(exit).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern(
            "problem: arms\\[0\\] \\(a\\): 2 of 24 images cannot be made, since its source image"
                + " cannot be read: a-0000\\d\\d: .*phantom-.*\\.png.*\\(expected: at most 0, by"
                + " max-skipped\\)")
        .endsWith("1 problem stands in the way\n");
  }

  @Test
  void check_parentsWithoutAMask_areCounted() throws Exception {
    Path folder = brokenSource("max-skipped: 0");
    Path table = folder.resolve("source/images.csv");
    Files.writeString(
        table, Files.readString(table).replaceFirst("lungs;heart;", "lungs;")); // of the first
    Files.delete(folder.resolve("source/masks/phantom-0000001000-heart.png"));
    Files.copy(
        shared.resolve("source/images/phantom-0000001000.png"),
        folder.resolve("source/images/phantom-0000001000.png"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(
        folder.resolve("plan.yaml"),
        """
        seed: 1
        max-skipped: 0
        source: {folder: source}
        arms: [{name: a, kind: mask, ratio: 1, structures: [heart]}]
        """);

    int exit =
        run(
            "augment",
            plan(folder),
            "--out",
            temp.resolve("out").toString(),
            "--check",
            "--server",
            serve(fake));

    assertThat(exit).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern(
            "problem: arms\\[0\\] \\(a\\): 1 of 12 images cannot be made, since its source image lacks"
                + " a mask: .*'phantom-0000001000' of the source has no mask of heart");
  }

  private static List<String> strings(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  /** Returns a folder with a classical plan and a source that lacks the pixels of one image. */
  private Path brokenSource(String line) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("plan"));
    Path from = shared.resolve("source");
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Files.copy(path, folder.resolve("source").resolve(from.relativize(path).toString()));
      }
    }
    Files.writeString(folder.resolve("source/images/phantom-0000001000.png"), "no picture");
    Files.writeString(
        folder.resolve("plan.yaml"),
        "seed: 1\n"
            + line
            + "\nsource: {folder: source}\narms: [{name: a, kind: classical,"
            + " ratio: 2}]\n");
    return folder;
  }
}
