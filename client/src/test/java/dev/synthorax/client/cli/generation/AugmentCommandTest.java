package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.PngText;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.transform.MaskTransform;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AugmentCommandTest extends AugmentCase {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void augment_everyKind_leavesPngsThatSayWhatMadeThem() throws Exception {
    augment(temp, serve(fake));

    for (JsonNode line : manifest(temp)) {
      String kind = line.path("kind").asText();
      Map<String, String> texts = texts(temp, line);
      if (kind.equals("source")) { // as real ones are
        assertThat(texts).isEmpty();
        continue;
      }
      JsonNode comment = JSON.readTree(texts.get(PngText.COMMENT));
      assertThat(comment.path("seed")).isEqualTo(line.path("seed"));
      assertThat(texts.get(PngText.DISCLAIMER)).startsWith("Synthetic: ");
      if (kind.equals("classical")) {
        assertThat(texts)
            .containsEntry(PngText.SOURCE, "image " + line.path("parent").path("id").asText());
        assertThat(comment.path("transform")).isNotEmpty().isEqualTo(line.path("transform"));
      } else {
        assertThat(texts)
            .containsEntry(
                PngText.SOURCE,
                "model " + line.path("model").asText() + " " + line.path("modelVersion").asText());
        assertThat(texts.getOrDefault(PngText.DESCRIPTION, ""))
            .isEqualTo(line.path("prompt").asText(""));
        assertThat(comment.path("settings")).isNotEmpty().isEqualTo(line.path("settings"));
        assertThat(comment.path("structures")).hasSameSizeAs(line.path("structures"));
      }
    }
  }

  private static Map<String, String> texts(Path folder, JsonNode line) throws IOException {
    Path image = folder.resolve("dataset").resolve(line.path("image").asText());
    return Png.text(Files.readAllBytes(image)).texts();
  }

  @Test
  void augment_sourceThatIsSynthetic_keepsWhatItSaysOfItself() throws Exception {
    Sample phantom = Phantoms.sample(5, 64);
    DatasetFormat.FOLDER.write(
        temp.resolve("phantoms"), WriteOptions.of(_ -> {}), writer -> writer.add(phantom));
    Path plan = temp.resolve("phantoms.yaml");
    Files.writeString(
        plan,
        """
        seed: 1
        source: {folder: phantoms}
        arms: [{name: a, kind: classical, count: 1, include-source: true}]
        """);
    Path to = temp.resolve("out");

    int exit = run("augment", plan.toString(), "--out", to.toString());

    assertThat(exit).describedAs(err.toString()).isZero();
    JsonNode copy =
        manifest(to).stream()
            .filter(line -> line.path("kind").asText().equals("source"))
            .findFirst()
            .orElseThrow();
    assertThat(texts(to, copy)).isNotEmpty().isEqualTo(phantom.text().texts());
    assertThat(copy.path("imageSha256").asText())
        .isEqualTo(sha256(to.resolve("dataset").resolve(copy.path("image").asText())));
  }

  @Test
  void augment_everyKind_leavesDatasetsThatSayWhatTheManifestSays() throws Exception {
    int exit = augment(temp, serve(fake));

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    Map<String, Integer> counts = new HashMap<>();
    for (JsonNode line : manifest(temp)) {
      counts.merge(line.path("arm").asText(), 1, Integer::sum);
      Path image = temp.resolve("dataset").resolve(line.path("image").asText());
      assertThat(sha256(image)).isEqualTo(line.path("imageSha256").asText());
      for (JsonNode mask : line.path("structures")) {
        assertThat(sha256(temp.resolve("dataset").resolve(mask.path("mask").asText())))
            .isEqualTo(mask.path("sha256").asText());
      }
    }
    assertThat(counts)
        .containsOnly(
            Map.entry("single", 8),
            Map.entry("multi", 8),
            Map.entry("mask", 4),
            Map.entry("moved", 8),
            Map.entry("both", 16), // 12 of the source
            Map.entry("moved-both", 4),
            Map.entry("classical", 4));
    Dataset moved = read(temp, "moved");
    assertThat(moved.images()).hasSize(8);
    for (DatasetImage image : moved.images()) {
      assertThat(image.info().split()).isEqualTo(Split.TRAIN);
      assertThat(image.load().masks())
          .containsOnlyKeys(Structure.LUNGS, Structure.HEART, Structure.PNEUMOTHORAX);
    }
    assertThat(read(temp, "single").images().getFirst().info().positives())
        .containsExactly("edema");
    assertThat(read(temp, "single").images().getFirst().info().text()).isEqualTo("pulmonary edema");
  }

  @Test
  void augment_everyKind_makesNothingFromImagesKeptForReporting() throws Exception {
    int exit = augment(temp, serve(fake));
    Set<String> training = new HashSet<>();
    DatasetFormat.FOLDER.open(shared.resolve("source"), ReadOptions.DEFAULT).images().stream()
        .filter(image -> image.info().split() == Split.TRAIN)
        .forEach(image -> training.add(image.info().id()));

    List<JsonNode> children = manifest(temp).stream().filter(line -> line.has("parent")).toList();

    assertThat(exit).isZero();
    assertThat(children).hasSizeGreaterThan(20);
    assertThat(children)
        .allMatch(line -> training.contains(line.path("parent").path("id").asText()));
    assertThat(children)
        .allMatch(line -> line.path("parent").path("split").asText().equals("train"));
    for (String arm : List.of("both", "classical", "moved")) {
      assertThat(read(temp, arm).images()).allMatch(image -> image.info().split() == Split.TRAIN);
    }
  }

  @Test
  void augment_transformedMask_canBeMadeAgainFromItsLine() throws Exception {
    int exit = augment(temp, serve(fake));
    Map<String, DatasetImage> source = new HashMap<>();
    DatasetFormat.FOLDER
        .open(shared.resolve("source"), ReadOptions.DEFAULT)
        .images()
        .forEach(image -> source.put(image.info().id(), image));
    Dataset moved = read(temp, "moved");

    assertThat(exit).isZero();
    for (DatasetImage image : moved.images()) {
      JsonNode line =
          manifest(temp).stream()
              .filter(one -> one.path("id").asText().equals(image.info().id()))
              .findFirst()
              .orElseThrow();
      Map<String, Object> parameters =
          JSON.convertValue(line.path("transform"), new TypeReference<Map<String, Object>>() {});
      Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
      Objects.requireNonNull(source.get(line.path("parent").path("id").asText()))
          .load()
          .masks()
          .forEach((structure, mask) -> masks.put(structure, mask.resize(128, 128)));

      assertThat(MaskTransform.ofParameters(parameters).apply(masks))
          .containsAllEntriesOf(image.load().masks());
    }
  }

  @Test
  void augment_otherConcurrencyAndTwoServers_leavesTheSameBytes() throws Exception {
    String server = serve(fake);
    FakeServices other = new FakeServices(AugmentForTests::picture);

    int exitFirst = augment(temp.resolve("a"), server, "--concurrency", "1");
    int exitSecond = augment(temp.resolve("b"), server, "--server", serve(other));

    assertThat(List.of(exitFirst, exitSecond)).containsOnly(0);
    assertThat(other.requests).isNotEmpty();
    assertThat(AugmentForTests.contents(temp.resolve("b/dataset")))
        .isEqualTo(AugmentForTests.contents(temp.resolve("a/dataset")));
    assertThat(Files.readString(temp.resolve("a/dataset/manifest.jsonl")))
        .contains("\"rejected\":")
        .contains("contrast: 0.00")
        .contains("duplicate of ");
  }

  @Test
  void augment_aServerThatIsDownOrFull_isLeftToTheOther() throws Exception {
    String down = serve(new FakeServices(AugmentForTests::picture));
    servers.getFirst().shutdownNow().awaitTermination();
    FakeServices full = new FakeServices(AugmentForTests::picture);
    for (int i = 0; i < 3; i++) {
      full.failures.add(
          FakeServices.failure(Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", "the queue is full"));
    }

    int exit = augment(temp.resolve("a"), down, "--server", serve(fake));
    int exitFull = augment(temp.resolve("b"), serve(full), "--server", serve(fake));

    assertThat(err.toString()).doesNotContain("error:");
    assertThat(List.of(exit, exitFull)).containsOnly(0);
    assertThat(AugmentForTests.contents(temp.resolve("b/dataset")))
        .isEqualTo(AugmentForTests.contents(temp.resolve("a/dataset")));
  }

  @Test
  void augment_serversThatDiffer_isOneLineWithBothVersions() throws Exception {
    FakeServices other = new FakeServices();
    other.haveVersion("fedcba9876543210");

    int exit = augment(temp, serve(fake), "--server", serve(other));

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .matches(
            "error: servers differ: 127.0.0.1:\\d+ has fake-cxr 0123456789abcdef, "
                + "127.0.0.1:\\d+ has fake-cxr fedcba9876543210 \\(expected: .*\\)\n");
  }

  @Test
  void augment_failureThenResume_leavesWhatAnUndisturbedRunDoes() throws Exception {
    String server = serve(fake);
    int exitWhole = augment(temp.resolve("whole"), server);
    for (int i = 0; i < 12; i++) {
      fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "BROKEN", "something broke"));
    }
    fake.failAfter(9);

    int exitBroken = augment(temp.resolve("broken"), server, "--concurrency", "2");
    String broken = err.toString();
    fake.failures.clear();
    damage(temp.resolve("broken/.work/items"));
    int exitResumed = augment(temp.resolve("broken"), server);

    assertThat(List.of(exitWhole, exitBroken, exitResumed)).containsExactly(0, 1, 0);
    assertThat(broken).endsWith("error: something broke\n");
    assertThat(AugmentForTests.contents(temp.resolve("broken/dataset")))
        .isEqualTo(AugmentForTests.contents(temp.resolve("whole/dataset")));
  }

  /** Cuts one finished image off, and puts another in the place of a third. */
  private static void damage(Path items) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(items)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(3);
    byte[] whole = Files.readAllBytes(files.get(0));
    Files.write(files.get(0), Arrays.copyOf(whole, whole.length / 2));
    Files.copy(files.get(1), files.get(2), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void augment_finishedPlan_saysSoAndNeedsNoServer() throws Exception {
    int exitFirst = augment(temp, serve(fake));
    Map<String, String> before = AugmentForTests.contents(temp.resolve("dataset"));

    int exit = run("augment", shared.resolve("plan.yaml").toString(), "--out", temp.toString());

    assertThat(List.of(exitFirst, exit)).containsOnly(0);
    assertThat(out.toString()).startsWith("Finished before: 40 images are in ");
    assertThat(AugmentForTests.contents(temp.resolve("dataset"))).isEqualTo(before);
    assertThat(temp.resolve(".work/items")).doesNotExist();
  }

  @Test
  void augment_json_isOneObject() throws Exception {
    int exit = augment(temp, serve(fake), "--json");

    assertThat(exit).isZero();
    JsonNode answer = JSON.readTree(out.toString());
    assertThat(answer.path("made").asInt()).isEqualTo(40);
    assertThat(answer.path("arms")).hasSize(7);
    assertThat(answer.path("model").asText()).isEqualTo("fake-cxr 0123456789abcdef");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void augment_classicalArmsAlone_needNoServer() throws Exception {
    Files.writeString(
        shared.resolve("plan.yaml"),
        "seed: 1\nsource: {folder: source}\narms:\n- {name: a, kind: classical, ratio: 1.5}\n");

    int exit =
        run(
            "augment",
            shared.resolve("plan.yaml").toString(),
            "--out",
            temp.toString(),
            "--format",
            "webdataset");

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    assertThat(
            DatasetFormat.WEBDATASET.open(temp.resolve("dataset/a"), ReadOptions.DEFAULT).images())
        .hasSize(18);
  }

  @Test
  void augment_mirroredMasksWithText_exchangeLeftAndRightInThePrompt() throws Exception {
    Files.writeString(
        shared.resolve("plan.yaml"),
        """
        seed: 7
        source: {folder: source}
        transforms: {flip-chance: 1, flip-hearts: true}
        arms:
          - {name: a, kind: transformed-mask-and-text, count: 12, structures: [lungs],
             prompt-from: text}
        """);
    Map<String, String> texts = new HashMap<>();
    DatasetFormat.FOLDER
        .open(shared.resolve("source"), ReadOptions.DEFAULT)
        .images()
        .forEach(image -> texts.put(image.info().id(), image.info().text()));

    int exit = augment(temp, serve(fake));

    assertThat(exit).isZero();
    int sided = 0;
    for (JsonNode line : manifest(temp)) {
      String prompt = line.path("prompt").asText();
      String text = texts.get(line.path("parent").path("id").asText());
      assertThat(line.path("transform").path("flip").asBoolean()).isTrue();
      assertThat(prompt.contains("left ")).isEqualTo(text != null && text.contains("right "));
      sided += prompt.contains("left ") || prompt.contains("right ") ? 1 : 0;
    }
    assertThat(sided).isPositive();
    assertThat(read(temp, "a").images().getFirst().info().text())
        .isEqualTo(manifest(temp).getFirst().path("prompt").asText());
  }

  private static Dataset read(Path folder, String arm) throws IOException {
    return DatasetFormat.FOLDER.open(folder.resolve("dataset").resolve(arm), ReadOptions.DEFAULT);
  }

  private static List<JsonNode> manifest(Path folder) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("dataset/manifest.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
