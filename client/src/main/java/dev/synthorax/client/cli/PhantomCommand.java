package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.PngText;
import dev.synthorax.client.phantom.PhantomPngText;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Make procedural chest radiographs with exact masks and labels.",
    footer = {
      "",
      "Examples:",
      "  synthorax phantom --count 16 --size 512 --out phantoms",
      "  synthorax phantom --count 24000 --size 128 --format shards --out shards",
      "  synthorax phantom --count 500 --site B --split test --format chexpert --out site-b-test"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
public final class PhantomCommand implements Callable<Integer> {
  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "16",
      description = "number of phantoms (default ${DEFAULT-VALUE})")
  private int count;

  @Option(
      names = "--site",
      paramLabel = "A..E",
      description = "hospital that the patients come to (default: that of the seed, else A)")
  private @Nullable Site site;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "train, validation or test; no patient is in two (default: train)")
  private @Nullable String split;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "first seed (default: the first of the site's split)")
  private @Nullable Long seed;

  @Option(
      names = "--size",
      paramLabel = "PX",
      defaultValue = "512",
      description = "image side, 64..1024 pixels (default ${DEFAULT-VALUE})")
  private int size;

  @Option(
      names = "--finding",
      paramLabel = "F",
      description = "make only this finding; repeat for several (default: the site's mix)")
  private List<String> findings = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "folder",
      converter = DatasetOptionNames.OfFormat.class,
      description =
          "chexpert, candid-ptx, siim, rsna, mimic-cxr-jpg, nih, nnunet, webdataset, folder or"
              + " shards; png is folder (default ${DEFAULT-VALUE})")
  private DatasetFormat format;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "folder to write to, new or empty")
  private Path out;

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      defaultValue = "1000",
      description = "samples a shard, of shards and webdataset (default ${DEFAULT-VALUE})")
  private int shardSize;

  @Option(
      names = "--structure",
      paramLabel = "NAME",
      description = "mask to write, of nnunet; repeat for several (default: all)")
  private List<String> structures = new ArrayList<>();

  @Mixin private PhantomKnobOptions knobs;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "worker threads (default: all cores)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "print the summary as one JSON object")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PhantomStream stream;
    WriteOptions options;
    long first;
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
      first = firstSeed();
      PhantomSpec phantom = new PhantomSpec(first, size, findings(), knobs.knobs());
      stream = new PhantomStream(phantom, count);
      options = options().withPngText(info -> pngText(phantom, info));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    try {
      format.write(out, options, writer -> stream.forEach(threads, writer::add));
    } catch (IllegalArgumentException e) { // the format cannot hold a phantom
      throw new IOException(e.getMessage(), e);
    }
    report(first);
    return CommandLine.ExitCode.OK;
  }

  private static PngText pngText(PhantomSpec first, ImageInfo info) {
    Long seed = info.seed();
    return seed == null ? PngText.NONE : PhantomPngText.of(first.withSeed(seed), info);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The first seed; all seeds lie within the site and the split that were named. */
  private long firstSeed() {
    Split named = split == null ? null : Split.ofWireName(split);
    if (seed == null) {
      Site of = site == null ? Site.A : site;
      Split in = named == null ? Split.TRAIN : named;
      requireWithin(of.first(in), of, in);
      return of.first(in);
    }
    Site of = Site.of(seed);
    require(
        site == null || site == of,
        "--seed: "
            + seed
            + " is of site "
            + of
            + " (expected with --site "
            + site
            + ": a seed of that site, or none)");
    if (named != null) {
      requireWithin(seed, of, named);
    }
    return seed;
  }

  private void requireWithin(long first, Site of, Split in) {
    require(
        first >= of.first(in) && first <= of.last(in) && count - 1 <= of.last(in) - first,
        count
            + " phantoms from seed "
            + first
            + " leave "
            + in.wireName()
            + " of site "
            + of
            + " (expected: seeds "
            + of.first(in)
            + ".."
            + of.last(in)
            + ")");
  }

  private Set<Finding> findings() {
    Set<Finding> chosen = EnumSet.noneOf(Finding.class);
    for (String name : findings) {
      chosen.add(Finding.ofWireName(name));
    }
    return chosen;
  }

  private WriteOptions options() {
    require(
        structures.isEmpty() || format == DatasetFormat.NNUNET,
        "--structure: " + structures + " (expected: with --format nnunet only)");
    PrintWriter err = spec.commandLine().getErr();
    return WriteOptions.of(warning -> err.println("warning: " + warning))
        .withShardSize(shardSize)
        .withStructures(structures.stream().map(Structure::ofWireName).distinct().toList());
  }

  private void report(long first) throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("count", count);
      summary.put("seed", first);
      summary.put("size", size);
      summary.put("format", format.wireName());
      summary.put("site", Site.of(first).name());
      summary.put("out", out.toString());
      writer.println(new JsonMapper().writeValueAsString(summary));
    } else {
      writer.println(count + " phantoms of " + size + " x " + size + " pixels in " + out);
    }
    writer.flush();
  }
}
