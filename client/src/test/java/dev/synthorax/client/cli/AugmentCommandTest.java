package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.transform.MaskTransform;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AugmentCommandTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path shared;
  @TempDir private Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final FakeServices fake = new FakeServices(AugmentForTests::picture);
  private final List<Server> servers = new ArrayList<>();

  @BeforeEach
  void open() throws IOException, InterruptedException {
    if (!Files.exists(shared.resolve("source"))) {
      AugmentForTests.writeSource(shared.resolve("source"), 20);
    }
    Files.writeString(shared.resolve("plan.yaml"), AugmentForTests.plan(40));
  }

  @AfterEach
  void close() {
    servers.forEach(Server::shutdownNow);
  }

  private String serve(FakeServices services) throws IOException {
    ServerBuilder<?> builder = ServerBuilder.forPort(0);
    services.services().forEach(builder::addService);
    Server server = builder.build().start();
    servers.add(server);
    return "127.0.0.1:" + server.getPort();
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return SynthoraxCommand.execute(
        Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private int augment(Path folder, String server, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "augment",
                shared.resolve("plan.yaml").toString(),
                "--out",
                folder.toString(),
                "--server",
                server));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
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
  void augment_anotherPlanInTheFolder_isRefused() throws Exception {
    String server = serve(fake);
    int exitFirst = augment(temp, server);
    Files.writeString(
        shared.resolve("plan.yaml"), AugmentForTests.plan(40).replace("seed: 7", "seed: 8"));

    int exit = augment(temp, server);

    assertThat(List.of(exitFirst, exit)).containsExactly(0, 2);
    assertThat(err.toString())
        .startsWith("error: " + temp + " holds the work of another plan (expected: job ")
        .hasLineCount(1);
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
