package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.cli.CommandRun;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A dataset of phantoms, and the command run on it. */
abstract class DatasetCase {
  static final int COUNT = 6;

  @TempDir Path folder;
  Path source = Path.of("");
  Path target = Path.of("");

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  @BeforeEach
  final void write() throws IOException, InterruptedException {
    source = folder.resolve("source");
    target = folder.resolve("target");
    DatasetFormat.FOLDER.write(
        source,
        WriteOptions.of(err::append),
        writer -> {
          for (int i = 0; i < COUNT; i++) {
            writer.add(Phantoms.sample(i, 64));
          }
        });
  }

  final int run(String... arguments) {
    return CommandRun.execute(out, err, "dataset", arguments);
  }

  final void replace(String from, String to) throws IOException {
    Path table = source.resolve("images.csv");
    Files.writeString(table, Files.readString(table).replace(from, to));
  }
}
