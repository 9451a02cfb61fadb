package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.OutputFormat;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that does not do what it was asked for, or says what it should not. */
final class HostileServerTest extends GenerateCase {
  private static final String ATTACK = "\u001b[2J\u202E\u009b31m\nerror: forged";

  private int generate() {
    return runOnFake(
        "generate",
        "--prompt",
        "p",
        "--seed",
        "7",
        "--count",
        "2",
        "--model",
        "fake-cxr",
        "--steps",
        "5",
        "--out",
        temp.resolve("run").toString());
  }

  private static Arguments image(String message, UnaryOperator<Image.Builder> change) {
    UnaryOperator<Image> forgery =
        image -> image.getIndex() == 0 ? change.apply(image.toBuilder()).build() : image;
    return Arguments.of(message, forgery);
  }

  static Stream<Arguments> images() {
    ByteString small = ByteString.copyFrom(FakeServices.pattern(7, 64, 128));
    return Stream.of(
        image(", image 0, has seed 9 (expected: 7)", image -> image.setSeed(9)),
        image(" has image 1 out of turn (expected: ", image -> image.setIndex(1)),
        image(" has image -1 out of turn (expected: ", image -> image.setIndex(-1)),
        image(", image 0, has width 64 (expected: 128)", image -> image.setWidth(64)),
        image(", image 0, has width in its PNG 64 (expected: 128)", image -> image.setData(small)),
        image(
            ", image 0, is unusable: not a PNG image",
            image -> image.setData(ByteString.copyFromUtf8("<html>"))),
        image(
            ", image 0, is unusable: PNG image is damaged",
            image -> image.setData(image.getData().substring(0, image.getData().size() / 2))),
        image(
            ", image 0, has format OUTPUT_FORMAT_RAW_GRAY8",
            image -> image.setFormat(OutputFormat.OUTPUT_FORMAT_RAW_GRAY8)));
  }

  @ParameterizedTest
  @MethodSource("images")
  void generate_imageThatWasNotAskedFor_isAFailureAndNoFile(
      String message, UnaryOperator<Image> forgery) throws IOException {
    fake.forge(forgery);

    int exit = generate();

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("error: the answer to 0001" + message);
    try (Stream<Path> images = Files.list(temp.resolve("run/images"))) {
      assertThat(images.map(image -> image.getFileName().toString())).containsExactly("0002.png");
    }
    assertThat(Files.readAllLines(temp.resolve("run/manifest.jsonl"))).hasSize(1);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        settings("model other (expected: fake-cxr)", used -> used.setModel("other")),
        settings("steps 4 (expected: 5)", used -> used.setNumInferenceSteps(4)),
        settings("seed 8 (expected: 7)", used -> used.setSeed(8)),
        settings("count 3 (expected: 2)", used -> used.setCount(3)));
  }

  private static Arguments settings(
      String message, UnaryOperator<EffectiveSettings.Builder> change) {
    UnaryOperator<EffectiveSettings> forgery = used -> change.apply(used.toBuilder()).build();
    return Arguments.of(message, forgery);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void generate_settingsThatWereNotAskedFor_areAFailure(
      String message, UnaryOperator<EffectiveSettings> forgery) {
    fake.forgeSettings(forgery);

    int exit = generate();

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).endsWith("error: the answer to 0001 has " + message + "\n");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void augment_imageOfAnotherSeed_isAFailure() throws IOException, InterruptedException {
    AugmentForTests.writeSource(temp.resolve("source"), 5);
    Path plan = Files.writeString(temp.resolve("plan.yaml"), AugmentForTests.plan(10));
    fake.forge(image -> image.toBuilder().setSeed(3).build());

    int exit = runOnFake("augment", plan.toString(), "--out", temp.resolve("out").toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains(", image 0, has seed 3 (expected: ");
    assertThat(temp.resolve("out/dataset")).doesNotExist();
  }

  @Test
  void generate_wordsOfTheServer_neverReachTheTerminalAsTheyAre() {
    fake.warnings.add(ATTACK);
    fake.forgeModel(model -> model.toBuilder().addWarnings("DDIM stands in for " + ATTACK).build());

    int exit = generate();

    assertThat(exit).isZero();
    assertThat(err.toString())
        .contains("warning: \\u001b[2J\\u202e\\u009b31m\\u000aerror: forged\n")
        .contains("warning: DDIM stands in for \\u001b")
        .doesNotContain("\u001b", "\u202e", "\u009b", "\nerror: ");
  }

  @Test
  void generate_warnings_areSaidOnceAndWrittenDown() throws IOException {
    fake.warnings.add("words beyond 'effusion' were dropped");

    int exit = generate();

    assertThat(exit).isZero();
    assertThat(err.toString()).containsOnlyOnce("warning: words beyond 'effusion' were dropped\n");
    assertThat(Files.readAllLines(temp.resolve("run/manifest.jsonl")))
        .hasSize(2)
        .allMatch(
            line -> line.endsWith(",\"warnings\":[\"words beyond 'effusion' were dropped\"]}"));
  }

  @Test
  void models_namesAndDescriptionsOfTheServer_areShownVisibly() {
    fake.forgeModel(
        model -> model.toBuilder().setName("m" + ATTACK).setDescription("d" + ATTACK).build());

    int exit = runOnFake("models");

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("m\\u001b").doesNotContain("\u001b").hasLineCount(2);
  }

  @Test
  void generate_failureOfTheServer_isOneVisibleLine() {
    fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "INTERNAL", "x" + ATTACK));

    int exit = generate();

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).startsWith("error: x\\u001b[2J").hasLineCount(1);
  }

  @Test
  void generate_fileWithAnEscapeInItsName_isShownVisibly() throws IOException {
    Path mask = Files.writeString(temp.resolve("a\u001b[31m.png"), "no image");

    int exit =
        runOnFake("generate", "--mask", "lungs=" + mask, "--out", temp.resolve("x").toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("a\\u001b[31m.png: no image").doesNotContain("\u001b");
  }
}
