package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardWriter;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.PhantomStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code synthorax phantom}: makes procedural chest radiographs with exact masks, as PNG files or
 * training shards.
 */
@Command(
    name = "phantom",
    mixinStandardHelpOptions = true,
    description = "Make procedural chest radiographs with exact masks and labels.",
    footer = {
      "",
      "Examples:",
      "  synthorax phantom --count 16 --size 512 --out phantoms",
      "  synthorax phantom --count 24000 --size 128 --format shards --out shards"
    })
public final class PhantomCommand implements Callable<Integer> {
  /** How the samples are written. */
  enum Format {
    png,
    shards
  }

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "16",
      description = "number of phantoms (default ${DEFAULT-VALUE})")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "first seed (default ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--size",
      paramLabel = "PX",
      defaultValue = "512",
      description = "image side, 64..1024 pixels (default ${DEFAULT-VALUE})")
  private int size;

  @Option(
      names = "--format",
      defaultValue = "png",
      description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
  private Format format = Format.png;

  @Option(
      names = "--finding",
      paramLabel = "F",
      description = "make only this finding; repeat for several (default: a mix of all)")
  private List<String> findings = new ArrayList<>();

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder to write to")
  private Path out = Path.of("");

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      defaultValue = "1000",
      description = "samples a shard (default ${DEFAULT-VALUE})")
  private int shardSize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "worker threads (default: all cores)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "print the summary as one JSON object")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Set<Finding> chosen = EnumSet.noneOf(Finding.class);
    PhantomStream stream;
    try {
      require(count >= 1, "--count: " + count + " (expected: >= 1)");
      require(
          shardSize >= 1 && shardSize <= 65536,
          "--shard-size: " + shardSize + " (expected: 1..65536)");
      require(threads >= 1, "--threads: " + threads + " (expected: >= 1)");
      require(
          size >= PhantomSpec.MIN_SIZE && size <= PhantomSpec.MAX_SIZE,
          "--size: "
              + size
              + " (expected: "
              + PhantomSpec.MIN_SIZE
              + ".."
              + PhantomSpec.MAX_SIZE
              + ")");
      for (String name : findings) {
        chosen.add(Finding.ofWireName(name));
      }
      stream = new PhantomStream(seed, count, size, chosen);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    switch (format) {
      case png -> writePng(stream);
      case shards -> writeShards(stream);
    }
    report();
    return CommandLine.ExitCode.OK;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private void writeShards(PhantomStream stream) throws IOException, InterruptedException {
    try (ShardWriter writer = ShardWriter.open(out, shardSize)) {
      stream.forEach(threads, writer::add);
    }
  }

  private void writePng(PhantomStream stream) throws IOException, InterruptedException {
    Path images = Files.createDirectories(out.resolve("images"));
    Path masks = Files.createDirectories(out.resolve("masks"));
    ObjectMapper mapper = new ObjectMapper();
    try (BufferedWriter lines = Files.newBufferedWriter(out.resolve("samples.jsonl"))) {
      stream.forEach(
          threads,
          sample -> {
            Files.write(images.resolve(sample.id() + ".png"), Png.encode(sample.image()));
            for (Structure structure : sample.masks().keySet()) {
              Files.write(
                  masks.resolve(sample.id() + "-" + structure.wireName() + ".png"),
                  Png.encode(sample.mask(structure).toImage()));
            }
            lines.write(mapper.writeValueAsString(line(sample)));
            lines.write('\n');
          });
    }
  }

  private static Map<String, Object> line(Sample sample) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", sample.id());
    line.put("seed", sample.info().seed());
    line.put("prompt", sample.info().text());
    line.put("labels", sample.info().positives());
    line.put("attributes", sample.info().attributes());
    line.put("image", "images/" + sample.id() + ".png");
    return line;
  }

  private void report() throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("count", count);
      summary.put("seed", seed);
      summary.put("size", size);
      summary.put("format", format.name());
      summary.put("out", out.toString());
      writer.println(new ObjectMapper().writeValueAsString(summary));
    } else {
      writer.println(count + " phantoms of " + size + " x " + size + " pixels in " + out);
    }
    writer.flush();
  }
}
