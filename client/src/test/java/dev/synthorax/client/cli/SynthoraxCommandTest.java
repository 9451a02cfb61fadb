package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.rpc.BadRequest;
import dev.synthorax.client.FakeServerMain;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.ServerCommand;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SynthoraxCommandTest {
  @TempDir private Path temp;

  private final FakeServices fake = new FakeServices();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Server server;

  @BeforeEach
  void open() throws IOException {
    ServerBuilder<?> builder = ServerBuilder.forPort(0);
    fake.services().forEach(builder::addService);
    server = builder.build().start();
  }

  @AfterEach
  void close() {
    server.shutdownNow();
  }

  private int run(String... args) {
    return run(Map.of(), args);
  }

  private int run(Map<String, String> environment, String... args) {
    return SynthoraxCommand.execute(
        environment, new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private String[] toFake(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--server", "127.0.0.1:" + server.getPort()));
    return all.toArray(String[]::new);
  }

  @Test
  void demo_defaultCount_showsEveryKindAndExitsWithZero() throws IOException {
    int exit = run(toFake("demo", "--out", temp.toString()));

    assertThat(exit).isZero();
    List<JsonNode> lines = manifest(temp);
    assertThat(lines).hasSize(12);
    assertThat(lines.stream().filter(line -> mode(line).equals("T2I"))).hasSize(7);
    assertThat(lines.stream().filter(line -> mode(line).equals("M2I"))).hasSize(3);
    assertThat(lines.stream().filter(line -> mode(line).equals("TM2I"))).hasSize(2);
    assertThat(out.toString()).contains(temp.resolve("report.html").toString());
    assertThat(temp.resolve("report.html")).isNotEmptyFile();
  }

  @Test
  void demo_threeImages_areOneOfEachMode() throws IOException {
    int exit = run(toFake("demo", "--count", "3", "--out", temp.toString()));

    assertThat(exit).isZero();
    assertThat(manifest(temp))
        .extracting(SynthoraxCommandTest::mode)
        .containsExactly("T2I", "M2I", "TM2I");
  }

  @Test
  void demo_moreThanTheCycle_takesOtherSeedsAndOtherMasks() throws IOException {
    int exit = run(toFake("demo", "--count", "24", "--out", temp.toString()));

    assertThat(exit).isZero();
    Set<String> masks = new HashSet<>();
    manifest(temp)
        .forEach(
            line ->
                line.path("structures").forEach(mask -> masks.add(mask.path("sha256").asText())));
    assertThat(manifest(temp).stream().map(line -> line.path("seed").asLong()).distinct())
        .hasSize(24);
    assertThat(masks).hasSizeGreaterThanOrEqualTo(20);
  }

  @Test
  void demo_noServerGiven_startsOneAndEndsIt() throws IOException {
    String command = String.join("\n", FakeServerMain.command());

    int exit =
        run(
            Map.of(ServerCommand.VARIABLE, command),
            "demo",
            "--count",
            "1",
            "--out",
            temp.toString());

    assertThat(err.toString()).contains("Server ready after");
    assertThat(exit).isZero();
    assertThat(manifest(temp)).hasSize(1);
  }

  @Test
  void demo_serverThatDoesNotStart_isOneErrorLineAndOne() {
    String command = String.join("\n", FakeServerMain.command("fail=unet/config.json: truncated"));

    int exit = run(Map.of(ServerCommand.VARIABLE, command), "demo", "--out", temp.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .endsWith("error: the server did not start: unet/config.json: truncated\n")
        .doesNotContain("\tat ");
  }

  @Test
  void generate_twice_leavesTheSameBytes() throws IOException {
    String[] words = {"--prompt", "large pleural effusion", "--seed", "7", "--count", "4"};
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");

    int exitFirst = run(toFake(with(words, first)));
    int exitSecond = run(toFake(with(words, second)));

    assertThat(List.of(exitFirst, exitSecond)).containsOnly(0);
    assertThat(contents(first)).isEqualTo(contents(second)).hasSize(5);
  }

  private static String[] with(String[] words, Path folder) {
    List<String> all = new ArrayList<>(List.of("generate", "--out", folder.toString()));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  @Test
  void generate_everyOption_reachesTheServer() throws IOException {
    Path mask = Files.write(temp.resolve("heart.png"), png());

    int exit =
        run(
            toFake(
                "generate",
                "--prompt",
                "p",
                "--negative-prompt",
                "n",
                "--mask",
                "heart=" + mask,
                "--seed",
                "18446744073709551615",
                "--count",
                "2",
                "--steps",
                "8",
                "--guidance",
                "2.5",
                "--noise-scheduler",
                "dpm++",
                "--model",
                "m",
                "--size",
                "64x32",
                "--out",
                temp.resolve("run").toString()));

    assertThat(exit).isZero();
    GenerationSpec sent = fake.requests.peek();
    assertThat(sent.getPrompt()).isEqualTo("p");
    assertThat(sent.getNegativePrompt()).isEqualTo("n");
    assertThat(sent.getMasks(0).getStructure()).isEqualTo("heart");
    assertThat(sent.getSeed()).isEqualTo(-1L);
    assertThat(sent.getCount()).isEqualTo(2);
    assertThat(sent.getNumInferenceSteps()).isEqualTo(8);
    assertThat(sent.getGuidanceScale()).isEqualTo(2.5f);
    assertThat(sent.getNoiseSchedulerValue()).isEqualTo(2);
    assertThat(sent.getModel()).isEqualTo("m");
    assertThat(sent.getWidth()).isEqualTo(64);
    assertThat(sent.getHeight()).isEqualTo(32);
    assertThat(
            manifest(temp.resolve("run")).get(1).path("structures").path(0).path("mask").asText())
        .isEqualTo("masks/0001-heart.png");
  }

  @Test
  void generate_json_isOneObjectAndNothingElse() throws IOException {
    int exit = run(toFake("generate", "--prompt", "p", "--json", "--out", temp.toString()));

    assertThat(exit).isZero();
    JsonNode answer = new JsonMapper().readTree(out.toString());
    assertThat(answer.path("images")).hasSize(1);
    assertThat(answer.path("report").asText()).isEqualTo(temp.resolve("report.html").toString());
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--steps 0         | num_inference_steps: 0 (expected: 1 to 1000); see --steps",
        "--steps 10000     | num_inference_steps: 10000 (expected: 1 to 1000); see --steps",
        "--steps many      | --steps",
        "--count 0         | count: 0 (expected: 1 to 256); see --count",
        "--count 257       | count: 257 (expected: 1 to 256); see --count",
        "--guidance NaN    | guidance_scale: NaN (expected: 0 to 30, finite); see --guidance",
        "--guidance 31     | guidance_scale: 31.0 (expected: 0 to 30, finite); see --guidance",
        "--size huge       | --size: 'huge' (expected:",
        "--seed -1         | '-1' (expected: a whole number from 0 to",
        "--noise-scheduler heun | --noise-scheduler: 'heun' (expected: ddim, dpm++ or euler)",
        "--mask heart      | --mask: 'heart' (expected: STRUCTURE=FILE",
        "--mask heart=none.png | --mask: none.png: no such file (expected: an image)",
        "--server nowhere  | --server: 'nowhere' (expected: HOST:PORT",
        "--timeout 0       | --timeout: 0 (expected: at least 1 second)",
        "--frobnicate      | no option --frobnicate",
      })
  void generate_badUsage_isOneErrorLineAndTwo(String words, String message) {
    List<String> args =
        new ArrayList<>(
            List.of("generate", "--prompt", "p", "--out", temp.resolve("x").toString()));
    args.addAll(List.of(words.split(" ")));

    int exit = run(args.toArray(String[]::new));

    assertThat(err.toString()).startsWith("error: ").contains(message).hasLineCount(1);
    assertThat(exit).isEqualTo(2);
    assertThat(fake.requests).isEmpty();
  }

  @Test
  void generate_fieldTheServerRefuses_namesItsOption() {
    BadRequest detail =
        BadRequest.newBuilder()
            .addFieldViolations(BadRequest.FieldViolation.newBuilder().setField("spec.width"))
            .build();
    fake.failures.add(
        FakeServices.failure(
            Status.Code.INVALID_ARGUMENT, "SHAPE_MISMATCH", "size: 9x9 (expected: 8x8)", detail));

    int exit = run(toFake("generate", "--prompt", "p", "--json", "--out", temp.toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .contains("\"field\":\"width\"")
        .contains("\"message\":\"size: 9x9 (expected: 8x8); see --size\"");
  }

  @Test
  void generate_promptOfAMegabyte_isRefusedBeforeItIsSent() {
    int exit = run(toFake("generate", "--prompt", "x".repeat(1 << 20), "--out", temp.toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "error: prompt: 1048576 bytes or more (expected: at most 4096 bytes of UTF-8); see"
                + " --prompt\n");
  }

  @Test
  void generate_maskThatIsNoImage_namesTheFile() throws IOException {
    Path mask = Files.writeString(temp.resolve("heart.png"), "GIF89a");

    int exit =
        run(toFake("generate", "--mask", "heart=" + mask, "--out", temp.resolve("x").toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "error: masks[0].png: "
                + mask
                + ": no image (expected: PNG, JPEG, BMP, TIFF or DICOM); see --mask");
  }

  @Test
  void generate_maskOfOnes_isSentAsTheMaskOf255() throws IOException {
    GrayImage ones = GrayImage.of(3, 1, new byte[] {0, 1, 0});
    Path mask = Files.write(temp.resolve("lungs.jpg"), Png.encode(ones));

    int exit =
        run(toFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString()));

    assertThat(exit).isZero();
    assertThat(fake.requests.peek().getMasks(0).getPng().toByteArray())
        .isEqualTo(Png.encode(GrayImage.of(3, 1, new byte[] {0, -1, 0})));
    assertThat(err.toString()).doesNotContain("warning");
  }

  @Test
  void generate_maskOfNothing_isTheServersToWarnOf() throws IOException {
    Path mask = Files.write(temp.resolve("lungs.png"), Png.encode(GrayImage.of(1, 1, new byte[1])));

    int exit =
        run(toFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString()));

    assertThat(exit).isZero();
    assertThat(err.toString()).doesNotContain("warning");
  }

  @Test
  void generate_maskOfGreys_isRefusedWithItsValues() throws IOException {
    GrayImage greys = GrayImage.of(3, 1, new byte[] {0, 7, 9});
    Path mask = Files.write(temp.resolve("lungs.png"), Png.encode(greys));

    int exit =
        run(toFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "error: masks[0].png: "
                + mask
                + ": 3 values: 0, 7, 9 (expected: a mask of two values, the brighter inside); see"
                + " --mask\n");
  }

  @Test
  void generate_maskBomb_isRefusedByItsHeader() throws IOException {
    byte[] png = png();
    ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    Path mask = Files.write(temp.resolve("bomb.png"), png);

    int exit =
        run(toFake("generate", "--mask", "heart=" + mask, "--out", temp.resolve("x").toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("20000 x 20000 pixels (expected: at most 4096 a side)");
  }

  @Test
  void generate_sameStructureTwice_isRefused() throws IOException {
    Path mask = Files.write(temp.resolve("heart.png"), png());

    int exit =
        run(
            toFake(
                "generate",
                "--mask",
                "heart=" + mask,
                "--mask",
                "heart=" + mask,
                "--out",
                temp.resolve("x").toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "error: masks[1].structure: heart again (expected: each structure at most once)");
  }

  @Test
  void generate_folderOfOthers_isRefusedBeforeAnythingIsSent() throws IOException {
    Files.writeString(temp.resolve("thesis.txt"), "x");

    int exit = run(toFake("generate", "--prompt", "p", "--out", temp.toString()));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: --out: ").hasLineCount(1);
    assertThat(fake.requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 2",
    "NOT_FOUND, 2",
    "FAILED_PRECONDITION, 1",
    "INTERNAL, 1",
    "UNIMPLEMENTED, 1"
  })
  void generate_serverRefuses_mapsTheStatusToTheExitCode(Status.Code code, int expected) {
    fake.failures.add(FakeServices.failure(code, "SOME_REASON", "what was wrong"));

    int exit = run(toFake("generate", "--prompt", "p", "--out", temp.toString()));

    assertThat(exit).isEqualTo(expected);
    assertThat(err.toString()).isEqualTo("error: what was wrong\n");
  }

  @Test
  void generate_serverRefusesAMachine_answersInJson() throws IOException {
    fake.failures.add(FakeServices.failure(Status.Code.NOT_FOUND, "MODEL_NOT_FOUND", "no model x"));

    int exit = run(toFake("generate", "--prompt", "p", "--json", "--out", temp.toString()));

    JsonNode error = new JsonMapper().readTree(err.toString()).path("error");
    assertThat(exit).isEqualTo(2);
    assertThat(error.path("code").asText()).isEqualTo("NOT_FOUND");
    assertThat(error.path("reason").asText()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(error.path("message").asText()).isEqualTo("no model x");
  }

  @Test
  void generate_failedRun_leavesAnEarlierOneAlone() throws IOException {
    int first = run(toFake("generate", "--prompt", "p", "--seed", "7", "--out", temp.toString()));
    Map<String, String> before = contents(temp);
    fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "INTERNAL", "broken"));

    int second = run(toFake("generate", "--prompt", "q", "--seed", "8", "--out", temp.toString()));

    assertThat(List.of(first, second)).containsExactly(0, 1);
    assertThat(contents(temp)).isEqualTo(before);
  }

  @Test
  void models_noName_listsThem() {
    int exit = run(toFake("models"));

    assertThat(exit).isZero();
    assertThat(out.toString().lines().toList())
        .containsExactly(
            "NAME      VERSION       STATE     DESCRIPTION",
            "fake-cxr  0123456789ab  ready     A pattern instead of a thorax.");
  }

  @Test
  void models_name_describesIt() {
    int exit = run(toFake("models", "fake-cxr"));

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("structures").contains("lungs, heart, pneumothorax");
  }

  @Test
  void noCommand_isBadUsage() {
    int exit = run();

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: no command (expected: one of demo, generate,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "generate", "models", "serve", "phantom"})
  void help_everyCommand_hasAnExample(String command) {
    int exit = run("help", command);

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("Example").contains("synthorax " + command);
  }

  private static byte[] png() {
    return Png.encode(GrayImage.of(4, 4, new byte[16]));
  }

  private static String mode(JsonNode line) {
    return line.path("mode").asText();
  }

  private static List<JsonNode> manifest(Path folder) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("manifest.jsonl"))) {
      lines.add(new JsonMapper().readTree(line));
    }
    return lines;
  }

  /**
   * Returns the files that must be the same on every run, by name; the report tells times and is
   * not among them.
   */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.equals("report.html")) {
          contents.put(name, Arrays.toString(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }
}
