package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AugmentCommandTest extends AugmentCase {
  private static final JsonMapper JSON = new JsonMapper();

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
    servers.getFirst().end();
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
}
