package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.cli.SynthoraxCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of generate that are stopped half way, in processes of their own and in this one. */
final class InterruptedRunTest {
  private static final String[] SIX = {"generate", "--prompt", "p", "--seed", "7", "--count", "6"};

  @TempDir private Path temp;

  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger drawn = new AtomicInteger();
  private final StringWriter err = new StringWriter();

  @SuppressWarnings("NullAway.Init") // every test serves first
  private FakeServer server;

  @AfterEach
  void close() {
    release.countDown();
    server.close();
  }

  /** Serves the fake, which draws the first images and then waits. */
  private void serve(int images) throws IOException {
    FakeServices fake =
        new FakeServices(
            seed -> {
              if (drawn.incrementAndGet() > images) {
                try {
                  release.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
              return FakeServices.pattern(seed, FakeServices.SIDE, FakeServices.SIDE);
            });
    server = FakeServer.start(fake);
  }

  private String[] words(Path out, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--out", out.toString(), "--server", server.target()));
    return all.toArray(String[]::new);
  }

  private int run(Path out, String... words) {
    return SynthoraxCommand.execute(
        Map.of(),
        new PrintWriter(new StringWriter()),
        new PrintWriter(err, true),
        words(out, words));
  }

  private Process start(Path out, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                SynthoraxCommand.class.getName()));
    command.addAll(Arrays.asList(words(out, words)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temp.resolve("log.txt").toFile())
        .start();
  }

  private static long lines(Path out) throws IOException {
    Path manifest = out.resolve("manifest.jsonl");
    return Files.exists(manifest) ? Files.readString(manifest).lines().count() : 0;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void generate_killedAndGoneOnWith_leavesTheFilesOfAnUndisturbedRun(boolean atOnce)
      throws IOException, InterruptedException {
    serve(2);
    Path disturbed = temp.resolve("disturbed");
    Process process = start(disturbed, SIX);
    while (lines(disturbed) < 2 && !process.waitFor(1, TimeUnit.MILLISECONDS)) {
      // goes on
    }
    int inUse = run(disturbed, SIX);
    Process _ = atOnce ? process.destroyForcibly() : destroy(process);
    int killed = process.waitFor();
    release.countDown();

    int exit = run(disturbed, "generate", "--prompt", "p", "--seed", "7", "--count", "4");
    int whole = run(temp.resolve("whole"), SIX);

    assertThat(List.of(inUse, exit, whole)).containsExactly(1, 0, 0);
    assertThat(err.toString()).contains("disturbed: another run writes there");
    if (!atOnce) {
      assertThat(killed).isEqualTo(143);
      assertThat(Files.readString(temp.resolve("log.txt")))
          .endsWith(
              "Stopped; kept 2 of 6 images in " + disturbed + "; go on with --seed 7 --count 4\n");
    }
    Map<String, String> expected = AugmentForTests.contents(temp.resolve("whole"));
    Map<String, String> left = AugmentForTests.contents(disturbed);
    expected.remove("report.html"); // tells times
    assertThat(left.remove("report.html")).isNotNull();
    assertThat(left).isEqualTo(expected).hasSize(7);
  }

  private static Process destroy(Process process) {
    process.destroy();
    return process;
  }

  @Test
  void generate_serverThatIsGone_saysWhatWasKept() throws IOException {
    serve(Integer.MAX_VALUE);
    FakeServices forgetful = new FakeServices();
    forgetful.forgetLastImage();
    server.close();
    server = FakeServer.start(forgetful);

    int exit = run(temp.resolve("run"), SIX);

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .endsWith(
            "Failed; kept 5 of 6 images in "
                + temp.resolve("run")
                + "; go on with --seed 7 --count 1\n"
                + "error: the answer to 0001 ended after 5 images (expected: 6); try again\n");
  }

  @Test
  void generate_imageThatCannotBeWritten_leavesThoseBefore() throws IOException {
    serve(Integer.MAX_VALUE);
    Path run = temp.resolve("run");
    // stands in for a full disk: nothing can be written there
    Files.createDirectories(run.resolve("images/.0004.png.part/full"));

    int exit = run(run, with("--overwrite"));

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("; go on without --overwrite and with --seed 7 --count 4\n")
        .contains("error: " + run.resolve("images/0004.png") + " cannot be written: ");
    assertThat(lines(run)).isEqualTo(2);
    assertThat(run.resolve("images/0005.png")).exists();
  }

  private static String[] with(String word) {
    String[] words = Arrays.copyOf(SIX, SIX.length + 1);
    words[SIX.length] = word;
    return words;
  }

  @Test
  void demo_twice_goesOnWithOtherImages() throws IOException {
    serve(Integer.MAX_VALUE);

    int first = run(temp.resolve("two"), "demo", "--count", "2");
    int second = run(temp.resolve("two"), "demo", "--count", "1");
    int three = run(temp.resolve("three"), "demo", "--count", "3");

    assertThat(List.of(first, second, three)).containsOnly(0);
    assertThat(Files.readString(temp.resolve("two/manifest.jsonl")))
        .isEqualTo(Files.readString(temp.resolve("three/manifest.jsonl")));
    assertThat(Files.readString(temp.resolve("two/report.html"))).contains("0001").contains("0003");
  }

  @Test
  void generate_twiceWithOneSeed_saysSo() throws IOException {
    serve(Integer.MAX_VALUE);

    int first = run(temp.resolve("run"), SIX);
    int second = run(temp.resolve("run"), SIX);

    assertThat(List.of(first, second)).containsOnly(0);
    assertThat(err.toString())
        .contains("Adding to 6 images in " + temp.resolve("run") + ", from 0007 on\n")
        .contains("warning: 6 of the images were here already: same request, same seed\n");
    assertThat(lines(temp.resolve("run"))).isEqualTo(12);
  }
}
