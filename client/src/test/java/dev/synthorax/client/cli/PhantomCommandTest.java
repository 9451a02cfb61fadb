package dev.synthorax.client.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardReader;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PhantomCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new PhantomCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void call_png_writesImagesMasksAndLines() throws IOException {
    int exit = run("--count", "2", "--seed", "8", "--size", "64", "--out", folder.toString());

    assertThat(exit).isZero();
    Path image = folder.resolve("images/phantom-0000000009.png");
    assertThat(Png.decode(Files.readAllBytes(image), 64)).isEqualTo(Phantoms.sample(9, 64).image());
    assertThat(folder.resolve("masks/phantom-0000000009-heart.png")).exists();
    assertThat(Files.readAllLines(folder.resolve("samples.jsonl"))).hasSize(2);
    assertThat(out.toString()).contains("2 phantoms of 64 x 64 pixels");
  }

  @Test
  void call_shardsOfOneFinding_areReadBack() throws IOException {
    int exit =
        run(
            "--format",
            "shards",
            "--finding",
            "pneumothorax",
            "--count",
            "3",
            "--size",
            "64",
            "--shard-size",
            "2",
            "--json",
            "--out",
            folder.toString());

    assertThat(exit).isZero();
    assertThat(out.toString())
        .startsWith("{\"count\":3,\"seed\":0,\"size\":64,\"format\":\"shards\"");
    try (ShardReader reader = ShardReader.open(folder)) {
      assertThat(reader.shards()).isEqualTo(2);
      Sample first = requireNonNull(reader.next());
      assertThat(first.info().text()).contains("pneumothorax");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--count, 0, --count: 0 (expected: >= 1)",
    "--size, 63, --size: 63 (expected: 64..1024)",
    "--size, big, Invalid value for option '--size'",
    "--seed, -1, seed: -1 (expected: >= 0)",
    "--finding, flu, finding: 'flu'",
    "--shard-size, 0, --shard-size: 0",
    "--threads, 0, --threads: 0",
  })
  void call_badOption_saysWhatAndExitsWithTwo(String option, String value, String message) {
    int exit = run(option, value, "--out", folder.toString());

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).startsWith(message).doesNotContain("\tat ");
  }
}
