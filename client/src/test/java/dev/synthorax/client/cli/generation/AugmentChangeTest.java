package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.image.Png;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A plan that was changed keeps what it did not change, and leaves what a fresh run would. */
final class AugmentChangeTest extends AugmentCase {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String PLAN =
      """
      seed: 7
      source: {folder: source}
      generation: {steps: 4}
      filters: {max-tries: 20}
      arms:
        - {name: single, kind: single-label, count: 6, labels: [edema, cardiomegaly]}
        - {name: moved, kind: transformed-mask, count: 6, structures: [lungs, heart]}
        - {name: classical, kind: classical, count: 6}
      """;

  private final FakeServices plain = new FakeServices(AugmentForTests::distinct);

  private String servePlain() throws IOException {
    plain.know(AugmentForTests.FINDINGS);
    return serve(plain);
  }

  private static void plan(UnaryOperator<String> change) throws IOException {
    Files.writeString(shared.resolve("plan.yaml"), change.apply(PLAN));
  }

  private JsonNode make(String folder, String server) throws IOException {
    int exit = augment(temp.resolve(folder), server, "--json");
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    return JSON.readTree(out.toString());
  }

  private void requireAsAFreshRun(String folder, String server) throws IOException {
    var _ = make("fresh-" + folder, server);
    assertThat(AugmentForTests.contents(temp.resolve(folder).resolve("dataset")))
        .isEqualTo(AugmentForTests.contents(temp.resolve("fresh-" + folder).resolve("dataset")));
  }

  @Test
  void change_anotherArmAfterTheEnd_makesItsImagesAlone() throws Exception {
    String server = servePlain();
    plan(text -> text);
    var _ = make("a", server);
    plain.requests.clear();

    plan(text -> text + "  - {name: more, kind: mask, count: 4, structures: [lungs]}\n");
    JsonNode answer = make("a", server);

    assertThat(plain.requests).allMatch(request -> request.getRequestId().startsWith("more-"));
    assertThat(answer.path("reused").asInt()).isEqualTo(18);
    assertThat(answer.path("redone").asInt()).isZero();
    assertThat(answer.path("removed").asInt()).isZero();
    assertThat(answer.path("earlierDataset").asText()).endsWith("/dataset-1");
    assertThat(temp.resolve("a/dataset-1/manifest.jsonl")).exists();
    assertThat(temp.resolve("a/dataset-1/more")).doesNotExist();
    requireAsAFreshRun("a", server);
    assertThat(augment(temp.resolve("a"), server)).isZero();
    assertThat(out.toString()).startsWith("Finished before: 22 images");
  }

  @Test
  void change_rangesAndCountsAndWords_redoesWhatTheyTouch() throws Exception {
    String server = serve(fake);
    plan(text -> text);
    fake.failAfter(12);
    for (int i = 0; i < 12; i++) {
      fake.failures.add(FakeServices.failure(Status.Code.INTERNAL, "BROKEN", "something broke"));
    }
    int exit = augment(temp.resolve("a"), server, "--concurrency", "1");
    fake.failures.clear();
    fake.requests.clear();

    plan(
        text ->
            text.replace("count: 6, labels", "count: 3, labels")
                .replace("arms:", "prompts: {wording: {cardiomegaly: big heart}}\narms:")
                .replace(
                    "structures: [lungs, heart]", "structures: [lungs], limits: {min-wall: 0}"));
    JsonNode answer = make("a", server);

    assertThat(exit).isEqualTo(1);
    assertThat(fake.requests)
        .noneMatch(request -> request.getRequestId().equals("single-000001"))
        .anyMatch(request -> request.getPrompt().equals("big heart"));
    assertThat(answer.path("reused").asInt()).isEqualTo(2); // the edemas of three
    assertThat(answer.path("redone").asInt()).isBetween(1, 6);
    assertThat(answer.path("removed").asInt()).isEqualTo(3);
    requireAsAFreshRun("a", server);
  }

  @Test
  void change_labelsAlone_keepsThePixels() throws Exception {
    String server = servePlain();
    plan(text -> text);
    var _ = make("a", server);
    plain.requests.clear();

    plan(text -> text.replace("labels: [edema", "other-labels: unmentioned, labels: [edema"));
    JsonNode answer = make("a", server);

    assertThat(plain.requests).isEmpty();
    assertThat(answer.path("reused").asInt()).isEqualTo(18);
    requireAsAFreshRun("a", server);
  }

  @Test
  void change_formatAfterTheEnd_writesTheSameImagesAgain() throws Exception {
    String server = servePlain();
    plan(text -> text);
    var _ = make("a", server);
    plain.requests.clear();

    plan(text -> text.replace("seed: 7", "seed: 7\nformat: webdataset"));
    JsonNode answer = make("a", server);

    assertThat(plain.requests).isEmpty();
    assertThat(answer.path("reused").asInt()).isEqualTo(18);
    requireAsAFreshRun("a", server);
  }

  @Test
  void change_pixelsOfTheSource_redoesWhatIsMadeFromThem() throws Exception {
    String server = servePlain();
    plan(text -> text);
    var _ = make("a", server);
    plain.requests.clear();
    Path images = shared.resolve("source/images");
    Path one = images.resolve("phantom-0000001000.png");
    byte[] before = Files.readAllBytes(one);
    Files.copy(images.resolve("phantom-0000001001.png"), one, StandardCopyOption.REPLACE_EXISTING);
    try {
      plan(text -> text.replace("count: 6}", "count: 12}"));
      JsonNode answer = make("a", server);

      assertThat(plain.requests).isEmpty(); // masks and words are as they were
      assertThat(answer.path("redone").asInt()).isBetween(0, 1);
      requireAsAFreshRun("a", server);
    } finally {
      Files.write(one, before);
    }
  }

  @Test
  void augment_pngFiles_sayWhatMadeThem() throws Exception {
    String server = servePlain();
    plan(text -> text);

    var _ = make("a", server);

    String generated = texts("single/images/single-000001.png");
    String classical = texts("classical/images/classical-000001.png");
    assertThat(generated)
        .contains("Title\0Synthetic chest radiograph")
        .contains("Description\0pulmonary edema")
        .contains("Source\0model fake-cxr 0123456789abcdef")
        .contains("\"steps\":4");
    assertThat(classical)
        .contains("Title\0Synthetic copy of a chest radiograph")
        .contains("Source\0image phantom-")
        .contains("\"gamma\":");
    assertThat(Png.decode(bytes("single/images/single-000001.png"), 200).width()).isEqualTo(128);
  }

  private byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(temp.resolve("a/dataset").resolve(file));
  }

  private String texts(String file) throws IOException {
    return new String(bytes(file), StandardCharsets.ISO_8859_1);
  }
}
