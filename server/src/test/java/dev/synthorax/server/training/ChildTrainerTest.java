package dev.synthorax.server.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.training.stage.SampleSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildTrainerTest {
  @TempDir private Path folder;

  @Test
  void command_order_namesEverything() {
    var trainer = new ChildTrainer("a.Main", 1 << 30);

    List<String> command =
        trainer.command(
            new Trainer.Order(
                "segmenter",
                List.of(new SampleSource(Path.of("a"), 2.5), new SampleSource(Path.of("b"), 1)),
                Map.of("base", Path.of("m")),
                new JobFolder(Path.of("jobs", "one")),
                3));

    assertThat(command)
        .containsSubsequence("-Xmx1048576k", "a.Main", "trainer", "segmenter", "--json", "--parent")
        .containsSubsequence(
            "--shards",
            "a:2.5",
            "--shards",
            "b:1.0",
            "--model",
            "base=m",
            "--work",
            Path.of("jobs/one/work").toString(),
            "--out",
            Path.of("jobs/one/model").toString(),
            "--threads",
            "3");
  }

  @Test
  void lastWords_log_isItsLastLine() throws IOException {
    Path log = folder.resolve("trainer.log");

    assertThat(ChildTrainer.lastWords(log)).isEmpty();
    Files.writeString(log, "first\nlast\u001b[31m words \n\n");
    assertThat(ChildTrainer.lastWords(log)).isEqualTo("last\\u001b[31m words");
    Files.writeString(log, "x".repeat(20_000));
    assertThat(ChildTrainer.lastWords(log)).hasSize(303).endsWith("x...");
  }

  @Test
  void outlives_livingProcess_isKnownByItsStartToo() throws IOException {
    var trainer = new ChildTrainer("a.Main", 1);
    var job = new JobFolder(folder);
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().orElseThrow().toEpochMilli();

    Files.writeString(job.process(), self.pid() + " " + started);
    assertThat(trainer.outlives(job, false)).isTrue();
    Files.writeString(job.process(), self.pid() + " " + (started - 60_000));
    assertThat(trainer.outlives(job, false)).isFalse();
    Files.writeString(job.process(), "half");
    assertThat(trainer.outlives(job, false)).isFalse();
  }
}
