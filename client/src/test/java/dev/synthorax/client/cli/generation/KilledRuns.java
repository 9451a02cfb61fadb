package dev.synthorax.client.cli.generation;

import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.AugmentForTests;
import dev.synthorax.client.cli.SynthoraxCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Runs {@code augment} in processes of its own, kills them at random, and compares what is left in
 * the end with an undisturbed run.
 */
final class KilledRuns {
  private final Path folder;
  private final int images;
  private final SplittableRandom random;
  private final AtomicInteger calls = new AtomicInteger();

  KilledRuns(Path folder, int images, long seed) {
    this.folder = folder;
    this.images = images;
    this.random = new SplittableRandom(seed);
  }

  /**
   * What came of it.
   *
   * @param kills processes that were killed before they ended by themselves
   * @param whileWriting of those, how many were writing the datasets
   * @param differing files that differ or are in one run alone
   * @param files of the undisturbed run
   */
  record Outcome(int kills, int whileWriting, List<String> differing, int files) {}

  /**
   * Kills until {@code kills} processes died, then lets one end.
   *
   * @param whileWriting how many of them are killed while they write the datasets
   */
  Outcome run(int kills, int whileWriting) throws IOException, InterruptedException {
    AugmentForTests.writeSource(folder.resolve("source"), 10);
    Files.writeString(folder.resolve("plan.yaml"), AugmentForTests.plan(images));
    FakeServices fake =
        new FakeServices(
            seed -> {
              calls.incrementAndGet();
              return AugmentForTests.picture(seed);
            });
    try (FakeServer server = FakeServer.start(fake)) {
      Path whole = folder.resolve("whole");
      Path disturbed = folder.resolve("disturbed");
      requireEnd(start(whole, server.target()));
      int callsOfAll = calls.get();
      int died = 0;
      int diedWriting = 0;
      while (died < kills) {
        boolean writing = died >= kills - whileWriting;
        Process process = start(disturbed, server.target());
        if (writing) {
          awaitStage(process, disturbed.resolve(".work/stage"));
        } else {
          awaitCalls(process, calls.get() + 1 + random.nextInt(2 * callsOfAll / (kills + 2)));
        }
        if (process.waitFor(random.nextInt(20), TimeUnit.MILLISECONDS)) {
          break; // it was faster: nothing is left to kill
        }
        writing |= Files.exists(disturbed.resolve(".work/stage"));
        process.destroyForcibly().waitFor();
        died++;
        diedWriting += writing ? 1 : 0;
      }
      requireEnd(start(disturbed, server.target()));
      Map<String, String> expected = AugmentForTests.contents(whole.resolve("dataset"));
      Map<String, String> actual = AugmentForTests.contents(disturbed.resolve("dataset"));
      List<String> differing = new ArrayList<>();
      Stream.concat(expected.keySet().stream(), actual.keySet().stream())
          .distinct()
          .filter(file -> !actual.getOrDefault(file, "").equals(expected.getOrDefault(file, "")))
          .forEach(differing::add);
      return new Outcome(died, diedWriting, differing, expected.size());
    }
  }

  private Process start(Path out, String server) throws IOException {
    List<String> words =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            SynthoraxCommand.class.getName(),
            "augment",
            folder.resolve("plan.yaml").toString(),
            "--out",
            out.toString(),
            "--concurrency",
            "4",
            "--server",
            server);
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log.txt").toFile()))
        .start();
  }

  private void awaitCalls(Process process, int enough) throws InterruptedException {
    while (calls.get() < enough && !process.waitFor(1, TimeUnit.MILLISECONDS)) {
      // goes on
    }
  }

  private static void awaitStage(Process process, Path stage) throws InterruptedException {
    while (!Files.exists(stage) && !process.waitFor(1, TimeUnit.MILLISECONDS)) {
      // goes on
    }
  }

  private void requireEnd(Process process) throws IOException, InterruptedException {
    if (process.waitFor() != 0) {
      throw new IOException("augment failed: " + Files.readString(folder.resolve("log.txt")));
    }
  }
}
