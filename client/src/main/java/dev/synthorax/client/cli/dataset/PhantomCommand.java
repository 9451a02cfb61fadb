package dev.synthorax.client.cli.dataset;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.DatasetOptionNames;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.terminal.CountProgress;
import dev.synthorax.client.cli.terminal.Interruption;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.PhantomStream;
import dev.synthorax.client.phantom.Site;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code synthorax phantom}: makes procedural chest radiographs with exact masks, as a dataset of
 * any format.
 */
@Command(
    name = "phantom",
    sortOptions = false,
    description = "Makes procedural chest radiographs with exact masks and labels.",
    footer = {
      "",
      "Examples:",
      "  synthorax phantom --count 16 --size 512 --out phantoms",
      "  synthorax phantom --count train=400,validation=50,test=100 --out phantoms",
      "  synthorax phantom --count 24000 --size 128 --format shards --out shards",
      "  synthorax phantom --count 500 --site B --split test \\",
      "      --format chexpert --out site-b-test",
      "",
      "The same options give the same files. Stopped (Ctrl-C), it leaves an empty",
      "folder: a dataset is there whole or not at all."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class PhantomCommand implements Callable<Integer> {
  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Number of phantoms, or one for each split: train=400,validation=50,test=100. Default:"
              + " ${DEFAULT-VALUE}.")
  private String count;

  @Option(
      names = "--site",
      paramLabel = "A..E",
      description = "Hospital that the patients come to. Default: that of the seed, else A.")
  private @Nullable Site site;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "train, validation or test; no patient is in two. Default: train.")
  private @Nullable String split;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "First seed. Default: the first of the site's split.")
  private @Nullable Long seed;

  @Option(
      names = "--size",
      paramLabel = "PX",
      defaultValue = "512",
      description = "Side of the images, 64 to 1024 pixels. Default: ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--finding",
      paramLabel = "F",
      description = "Make only this finding; repeat for several. Default: the site's mix.")
  private List<String> findings = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "folder",
      converter = DatasetOptionNames.OfFormat.class,
      completionCandidates = DatasetOptionNames.Formats.class,
      description =
          "chexpert, candid-ptx, siim, rsna, mimic-cxr-jpg, nih, nnunet, webdataset, folder or"
              + " shards. Default: ${DEFAULT-VALUE}.")
  private DatasetFormat format;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write to, new or empty.")
  private Path out;

  @Mixin private WritingOptions writing;
  @Mixin private PhantomKnobOptions knobs;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<PhantomRange> ranges;
    List<PhantomStream> streams;
    WriteOptions options;
    try {
      ranges = PhantomRange.of(count, site, split == null ? null : Split.ofWireName(split), seed);
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
      PhantomSpec phantom =
          new PhantomSpec(ranges.getFirst().first(), size, findings(), knobs.knobs());
      streams =
          ranges.stream()
              .map(range -> new PhantomStream(phantom.withSeed(range.first()), range.count()))
              .toList();
      PrintWriter err = spec.commandLine().getErr();
      options = writing.of(format, warning -> err.println("warning: " + warning));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    write(ranges, streams, options);
    return ExitCode.OK;
  }

  private void write(List<PhantomRange> ranges, List<PhantomStream> streams, WriteOptions options)
      throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    int total = ranges.stream().mapToInt(PhantomRange::count).sum();
    long startNanos = System.nanoTime();
    try (Interruption _ = Interruption.tidying(err, "nothing of it stays in " + out);
        CountProgress progress = CountProgress.open(err, output.json(), "Phantoms", total)) {
      format.write(
          out,
          options,
          writer -> {
            for (PhantomStream stream : streams) {
              stream.forEach(
                  threads,
                  sample -> {
                    writer.add(sample);
                    progress.step();
                  });
            }
          });
    } catch (IllegalArgumentException e) { // the format cannot hold a phantom
      throw new IOException(e.getMessage(), e);
    }
    report(ranges, total, (System.nanoTime() - startNanos) / 1e9);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private Set<Finding> findings() {
    Set<Finding> chosen = EnumSet.noneOf(Finding.class);
    for (String name : findings) {
      chosen.add(Finding.ofWireName(name));
    }
    return chosen;
  }

  private void report(List<PhantomRange> ranges, int total, double seconds) throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    long first = ranges.getFirst().first();
    if (output.json()) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("count", total);
      summary.put("seed", first);
      summary.put("size", size);
      summary.put("format", format.wireName());
      summary.put("site", Site.of(first).name());
      summary.put("out", out.toString());
      if (ranges.size() > 1) {
        Map<String, PhantomRange> bySplit = new LinkedHashMap<>();
        ranges.forEach(range -> bySplit.put(split(range), range));
        summary.put("splits", bySplit);
      }
      writer.println(new JsonMapper().writeValueAsString(summary));
    } else {
      List<String> parts =
          ranges.stream().map(range -> range.count() + " " + split(range)).toList();
      writer.println(
          String.format(
              Locale.ROOT,
              "%d %s of %d x %d pixels in %s%s (%.1f s)",
              total,
              total == 1 ? "phantom" : "phantoms",
              size,
              size,
              out,
              parts.size() > 1 ? ": " + String.join(", ", parts) : "",
              seconds));
    }
    writer.flush();
  }

  private static String split(PhantomRange range) {
    return Site.split(range.first()).wireName();
  }
}
