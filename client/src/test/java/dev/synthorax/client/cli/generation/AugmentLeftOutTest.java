package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import io.grpc.Status;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in a plan's way and is left out, told of or stopped for. */
final class AugmentLeftOutTest extends AugmentCase {
  private static final JsonMapper JSON = new JsonMapper();

  private static void plan(String text) throws IOException {
    Files.writeString(shared.resolve("plan.yaml"), text);
  }

  private static String plan(Path folder) {
    return folder.resolve("plan.yaml").toString();
  }

  @Test
  void augment_parentsThatCannotBeUsed_areLeftOutUpToTheShare() throws Exception {
    Path folder = brokenSource("max-skipped: 0.1");
    Path at = temp.resolve("out");

    int exit = run("augment", plan(folder), "--out", at.toString(), "--json");
    JsonNode answer = JSON.readTree(out.toString());
    int exitAgain = run("augment", plan(folder), "--out", temp.resolve("again").toString());

    assertThat(List.of(exit, exitAgain)).containsOnly(0);
    assertThat(answer.path("made").asInt()).isEqualTo(22);
    assertThat(answer.path("skipped")).hasSize(2);
    assertThat(out.toString()).contains("2 images were left out, listed in ");
    List<String> skipped = Files.readAllLines(at.resolve("dataset/skipped.jsonl"));
    assertThat(skipped).hasSize(2);
    JsonNode first = JSON.readTree(skipped.getFirst());
    assertThat(first.path("parent").asText()).startsWith("phantom-");
    assertThat(first.path("reason").asText()).startsWith(first.path("id").asText() + ": ");
    assertThat(Files.readAllLines(at.resolve("dataset/manifest.jsonl"))).hasSize(22);
    assertThat(AugmentForTests.contents(temp.resolve("again/dataset")))
        .isEqualTo(AugmentForTests.contents(at.resolve("dataset")));
  }

  @Test
  void augment_moreThanTheShareAllows_stopsAndNamesOne() throws Exception {
    Path folder = brokenSource("max-skipped: 0.05");

    int exit = run("augment", plan(folder), "--out", temp.resolve("out").toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .asString()
        .contains("2 of 24 images of arm a cannot be made (expected: at most 1, by max-skipped)");
  }

  @Test
  void augment_oddImagesOfTheSource_areToldOfOnce() throws Exception {
    Path folder = brokenSource("max-skipped: 0");
    BufferedImage dark = new BufferedImage(64, 64, BufferedImage.TYPE_USHORT_GRAY);
    dark.getRaster().setSample(1, 1, 0, 4095);
    ImageIO.write(dark, "png", folder.resolve("source/images/phantom-0000001000.png").toFile());

    int exitOfCheck =
        run("augment", plan(folder), "--out", temp.resolve("out").toString(), "--check");
    String checked = out.toString();
    int exit = run("augment", plan(folder), "--out", temp.resolve("out").toString());

    assertThat(List.of(exitOfCheck, exit)).containsOnly(0);
    for (String told : List.of(checked, err.toString())) {
      assertThat(told.lines().filter(line -> line.contains("16-bit image without a value above")))
          .singleElement()
          .asString()
          .matches("warning: .*phantom-0000001000\\.png: 16-bit image .* 4095 of 65535: .*");
    }
  }

  @Test
  void augment_missingImages_areFoundFirstAndLeftOutOnDemand() throws Exception {
    Path folder = brokenSource("max-skipped: 0");
    Files.delete(folder.resolve("source/images/phantom-0000001000.png"));
    Path with =
        Files.writeString(
            folder.resolve("with.yaml"),
            Files.readString(folder.resolve("plan.yaml"))
                .replace("ratio: 2", "ratio: 2, include-source: true"));

    int exit = run("augment", with.toString(), "--out", temp.resolve("a").toString());
    String refused = err.toString();
    int exitSkipping =
        run("augment", with.toString(), "--out", temp.resolve("b").toString(), "--skip-missing");

    assertThat(exit).isEqualTo(2);
    assertThat(refused)
        .contains("2 of 24 images cannot be made, since its source image cannot be read: a-0000")
        .contains("phantom-0000001000.png: no such file (expected: at most 0")
        .endsWith("; --check tells of all 2 problems\n");
    assertThat(temp.resolve("a/.work/items")).doesNotExist();
    assertThat(exitSkipping).isZero();
    assertThat(out.toString()).contains("22 and 11 of the source");
    assertThat(err.toString()).contains("warning: ");
  }

  @Test
  void augment_skipMissingWithoutASource_isRefused() throws Exception {
    plan("seed: 7\narms: [{name: a, kind: single-label, count: 2, labels: [edema]}]\n");

    int exit = augment(temp, serve(fake), "--skip-missing");

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: --skip-missing: the plan has no source");
  }

  @Test
  void augment_imagesThatNeverPassTheFilters_areLeftOutToo() throws Exception {
    plan(
        """
        seed: 7
        max-skipped: 0.5
        filters: {max-tries: 1}
        arms: [{name: a, kind: single-label, count: 40, labels: [edema]}]
        """);

    int exit = augment(temp, serve(fake), "--json");

    assertThat(exit).isZero();
    JsonNode answer = JSON.readTree(out.toString());
    assertThat(answer.path("skipped").size()).isBetween(3, 20);
    assertThat(answer.path("made").asInt()).isEqualTo(40 - answer.path("skipped").size());
  }

  @Test
  void augment_serverThatFails_isNoFailureOfAParent() throws Exception {
    String server = serve(fake);
    plan(
        """
        seed: 7
        max-skipped: 1
        arms: [{name: a, kind: single-label, count: 2, labels: [edema]}]
        """);
    fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "BROKEN", "something broke"));
    int exitCheck = augment(temp.resolve("out"), server, "--check");
    String checked = out.toString();
    fake.failAfter(1); // the model is told
    for (int i = 0; i < 4; i++) {
      fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "BROKEN", "something broke"));
    }

    int exit = augment(temp.resolve("out"), server);

    assertThat(List.of(exitCheck, exit)).containsOnly(1);
    assertThat(checked).contains("problem: something broke").doesNotContain("cannot be made");
    assertThat(err.toString()).contains("error: something broke").doesNotContain("left out");
  }

  @ParameterizedTest
  @CsvSource({
    "drop, '', true", // the finding that is known stays, of the other nothing is said
    "drop-items, '', false", // only what is known as a whole
  })
  void augment_findingsThatTheModelDoesNotKnow_areNeverSaid(
      String policy, String nothing, boolean partly) throws Exception {
    fake.know(List.of("edema"));
    plan(
        """
        seed: 7
        unknown-findings: %s
        filters: {max-tries: 20}
        arms:
          - {name: a, kind: single-label, count: 4, labels: [emphysema, edema]}
          - {name: b, kind: multi-label, count: 4, combinations: [[edema, emphysema], [edema]]}
        """
            .formatted(policy));

    int exit = augment(temp, serve(fake));

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    int unsaid = 0;
    for (String text : Files.readAllLines(temp.resolve("dataset/manifest.jsonl"))) {
      JsonNode line = JSON.readTree(text);
      assertThat(line.path("prompt").asText()).isEqualTo("pulmonary edema");
      assertThat(line.path("labels").path("edema").asText()).isEqualTo("positive");
      assertThat(line.path("labels").path("emphysema").asText()).isNotEqualTo("positive");
      unsaid += line.path("labels").has("emphysema") ? 0 : 1;
    }
    assertThat(unsaid).isEqualTo(partly ? 6 : 8);
  }

  @Test
  void augment_findingsThatTheModelDoesNotKnow_stopThePlanFirst() throws Exception {
    fake.know(List.of("edema"));
    plan("seed: 7\narms: [{name: a, kind: single-label, count: 3, labels: [edema, hernia]}]\n");

    int exit = augment(temp, serve(fake));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "error: 1 of 3 images with a prompt would be labelled with findings that fake-cxr does"
                + " not know: hernia (1); arms a (expected: edema; or unknown-findings: drop, or"
                + " drop-items)\n");
    assertThat(fake.requests).isEmpty();
  }

  @Test
  void augment_modelThatStatesNoFindings_isWarnedOfOnce() throws Exception {
    fake.know(List.of());
    plan("seed: 7\narms: [{name: a, kind: single-label, count: 3, labels: [hernia]}]\n");

    int exit = augment(temp, serve(fake));

    assertThat(exit).isZero();
    assertThat(err.toString().lines().filter(line -> line.contains("which findings it knows")))
        .hasSize(1);
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
