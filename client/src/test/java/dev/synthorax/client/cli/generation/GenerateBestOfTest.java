package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.PlainModel;
import dev.synthorax.proto.v1.ReaderModel;
import dev.synthorax.proto.v1.ReadingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code generate --best-of}. */
final class GenerateBestOfTest extends GenerateCase {
  @BeforeEach
  void serveReaders() {
    fake.furtherModels.add(
        reader(
            "fake-classifier",
            ReadingTask.READING_TASK_CLASSIFICATION,
            List.of("edema", "normal")));
    fake.furtherModels.add(
        reader("fake-segmenter", ReadingTask.READING_TASK_SEGMENTATION, List.of("lungs", "heart")));
  }

  private static Model reader(String name, ReadingTask task, List<String> labels) {
    return Model.newBuilder()
        .setName(name)
        .setVersion("4")
        .setPlain(
            PlainModel.newBuilder()
                .setReader(ReaderModel.newBuilder().setTask(task).addAllLabels(labels)))
        .build();
  }

  private int generate(String... more) {
    return runOnFake(
        Stream.concat(
                Stream.of("generate", "--out", temp.resolve("run").toString(), "--seed", "10"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** How bright the pixel is by which the fake classifier finds edema. */
  private static int firstPixel(long seed) {
    try {
      return Png.decode(FakeServices.pattern(seed, FakeServices.SIDE, FakeServices.SIDE), 4096)
          .at(0, 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double loss(long seed) {
    return -Math.log(Math.max(1e-6, firstPixel(seed) / 255.0));
  }

  @Test
  void generate_shows_keepsTheCandidateThatShowsItMost() throws IOException {
    int exit =
        generate(
            "--prompt",
            "p",
            "--count",
            "2",
            "--best-of",
            "3",
            "--proxy",
            "fake-classifier",
            "--shows",
            "edema");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(fake.requests)
        .extracting(GenerationSpec::getSeed, GenerationSpec::getCount)
        .containsExactlyInAnyOrder(tuple(10L, 3), tuple(13L, 3));
    List<JsonNode> lines = manifest(temp.resolve("run"));
    assertThat(lines).extracting(line -> line.path("id").asText()).containsExactly("0001", "0002");
    for (int i = 0; i < 2; i++) {
      List<Long> ranked =
          LongStream.range(10 + 3 * i, 13 + 3 * i)
              .boxed()
              .sorted(
                  Comparator.comparingDouble(GenerateBestOfTest::loss).thenComparing(seed -> seed))
              .toList();
      JsonNode line = lines.get(i);
      assertThat(line.path("seed").asLong()).isEqualTo(ranked.getFirst());
      assertThat(Files.readAllBytes(temp.resolve("run").resolve(line.path("image").asText())))
          .isEqualTo(FakeServices.pattern(ranked.getFirst(), FakeServices.SIDE, FakeServices.SIDE));
      JsonNode choice = line.path("choice");
      assertThat(choice.path("proxy").asText()).isEqualTo("fake-classifier");
      assertThat(choice.path("proxyVersion").asText()).isEqualTo("4");
      assertThat(choice.path("candidates"))
          .extracting(candidate -> candidate.path("seed").asLong())
          .isEqualTo(ranked);
      assertThat(choice.path("candidates").path(0).path("loss").asDouble())
          .isCloseTo(loss(ranked.getFirst()), within(1e-9));
    }
    assertThat(out.toString()).contains("chosen    best of 3 by fake-classifier 4, mean loss ");
  }

  @Test
  void generate_showsNot_keepsTheCandidateThatShowsItLeast() throws IOException {
    int exit =
        generate(
            "--prompt",
            "p",
            "--best-of",
            "4",
            "--proxy",
            "fake-classifier",
            "--shows-not",
            "edema");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(manifest(temp.resolve("run")).getFirst().path("seed").asLong())
        .isEqualTo(
            LongStream.range(10, 14)
                .boxed()
                .min(Comparator.comparingInt(GenerateBestOfTest::firstPixel))
                .orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"32, 96, 0", "32, 64, 0.333333", "0, 128, 0.333333"})
  void generate_segmenter_comparesMasks(int top, int bottom, double loss) throws IOException {
    int exit =
        generate(
            "--mask", "lungs=" + rows(top, bottom), "--best-of", "2", "--proxy", "fake-segmenter");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(readings.segmented)
        .hasSize(2)
        .allSatisfy(asked -> assertThat(asked.getStructuresList()).containsExactly("lungs"));
    JsonNode best = manifest(temp.resolve("run")).getFirst().path("choice").path("candidates");
    assertThat(best.path(0).path("seed").asLong()).as("of two as good the first").isEqualTo(10);
    assertThat(best.path(0).path("loss").asDouble()).isCloseTo(loss, within(1e-5));
  }

  /** A mask of an eighth of the side, which is resized: rows of the image's pixels. */
  private Path rows(int top, int bottom) throws IOException {
    byte[] pixels = new byte[16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      int y = i / 16 * 8;
      pixels[i] = (byte) (y >= top && y < bottom ? 255 : 0);
    }
    return Files.write(temp.resolve("mask.png"), Png.encode(GrayImage.of(16, 16, pixels)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--best-of 1 --proxy fake-classifier --shows edema | --best-of: 1 (expected: 2 to 64)",
        "--best-of 2 --proxy fake-classifier | nothing that images are to show (expected:"
            + " findings)",
        "--best-of 2 --proxy fake-classifier --shows nodule | does not know nodule (expected:"
            + " edema, normal)",
        "--best-of 2 --proxy fake-classifier --shows edema --shows-not edema | --shows-not: edema",
        "--best-of 2 --proxy fake-segmenter --shows edema | knows no findings (expected: masks"
            + " alone)",
        "--best-of 2 --proxy fake-segmenter | marks none of the request's masks, which has none",
        "--best-of 2 --proxy fake-cxr --shows edema | reads no radiographs (expected: a classifier"
            + " or a segmenter)",
        "--best-of 2 | --proxy",
        "--shows edema | --best-of"
      })
  void generate_choiceThatCannotBe_isBadUsage(String options, String message) {
    int exit = generate(("--prompt p " + options).split(" "));

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(fake.requests).isEmpty();
  }
}
