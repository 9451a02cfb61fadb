package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.rpc.BadRequest;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GenerateCommandTest extends GenerateCase {
  @Test
  void generate_twice_leavesTheSameBytes() throws IOException {
    String[] words = {"--prompt", "large pleural effusion", "--seed", "7", "--count", "4"};
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");

    int exitFirst = runOnFake(with(words, first));
    int exitSecond = runOnFake(with(words, second));

    assertThat(List.of(exitFirst, exitSecond)).containsOnly(0);
    assertThat(contents(first)).isEqualTo(contents(second)).hasSize(5);
  }

  @Test
  void generate_everyOption_reachesTheServer() throws IOException {
    Path mask = Files.write(temp.resolve("heart.png"), png());

    int exit =
        runOnFake(
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
            temp.resolve("run").toString());

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
    int exit = runOnFake("generate", "--prompt", "p", "--json", "--out", temp.toString());

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
        "--noise-scheduler heun | --noise-scheduler: 'heun' (expected: ddim, dpm++, dpm++-karras,"
            + " euler, euler-ancestral, pndm, lcm or unipc)",
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

    int exit = runOnFake("generate", "--prompt", "p", "--json", "--out", temp.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .contains("\"field\":\"width\"")
        .contains("\"message\":\"size: 9x9 (expected: 8x8); see --size\"");
  }

  @Test
  void generate_promptOfAMegabyte_isRefusedBeforeItIsSent() {
    int exit = runOnFake("generate", "--prompt", "x".repeat(1 << 20), "--out", temp.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "error: prompt: 1048576 bytes or more (expected: at most 4096 bytes of UTF-8); see"
                + " --prompt\n");
  }

  @Test
  void generate_folderOfOthers_isRefusedBeforeAnythingIsSent() throws IOException {
    Files.writeString(temp.resolve("thesis.txt"), "x");

    int exit = runOnFake("generate", "--prompt", "p", "--out", temp.toString());

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

    int exit = runOnFake("generate", "--prompt", "p", "--out", temp.toString());

    assertThat(exit).isEqualTo(expected);
    assertThat(err.toString()).isEqualTo("error: what was wrong\n");
  }

  @Test
  void generate_serverRefusesAMachine_answersInJson() throws IOException {
    fake.failures.add(FakeServices.failure(Status.Code.NOT_FOUND, "MODEL_NOT_FOUND", "no model x"));

    int exit = runOnFake("generate", "--prompt", "p", "--json", "--out", temp.toString());

    JsonNode error = new JsonMapper().readTree(err.toString()).path("error");
    assertThat(exit).isEqualTo(2);
    assertThat(error.path("code").asText()).isEqualTo("NOT_FOUND");
    assertThat(error.path("reason").asText()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(error.path("message").asText()).isEqualTo("no model x");
  }

  @Test
  void generate_requestThatIsRefused_isTheErrorAlone() {
    fake.failAfter(1); // the model is told
    fake.failures.add(FakeServices.failure(Status.Code.INVALID_ARGUMENT, "TOO_LARGE", "too large"));

    int exit = runOnFake("generate", "--prompt", "p", "--out", temp.resolve("run").toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("error: too large\n");
    assertThat(temp.resolve("run")).doesNotExist();
  }

  @Test
  void generate_serverThatDrainsBeforeTheFirstImage_isAskedAgain() throws IOException {
    fake.failNextStreamAfter(
        1, FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "draining"));

    int exit = runOnFake("generate", "--prompt", "p", "--count", "2", "--out", temp.toString());

    assertThat(exit).isZero();
    assertThat(fake.requests).hasSize(2);
    assertThat(manifest(temp)).hasSize(2);
  }

  @Test
  void generate_failedRun_leavesAnEarlierOneAlone() throws IOException {
    int first = runOnFake("generate", "--prompt", "p", "--seed", "7", "--out", temp.toString());
    Map<String, String> before = contents(temp);
    fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "INTERNAL", "broken"));

    int second = runOnFake("generate", "--prompt", "q", "--seed", "8", "--out", temp.toString());

    assertThat(List.of(first, second)).containsExactly(0, 1);
    assertThat(contents(temp)).isEqualTo(before);
  }

  private static String[] with(String[] words, Path folder) {
    List<String> all = new ArrayList<>(List.of("generate", "--out", folder.toString()));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  private static byte[] png() {
    return Png.encode(GrayImage.of(4, 4, new byte[16]));
  }
}
