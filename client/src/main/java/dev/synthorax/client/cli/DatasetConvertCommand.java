package dev.synthorax.client.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.LabelTargets;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.UncertaintyPolicy;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.WriteOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a dataset in another format. */
@Command(
    name = "convert",
    description = "Writes a dataset in another format; tells what that cannot hold.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  synthorax dataset convert CheXpert-v1.0-small --to webdataset \\",
      "      --out chexpert-tar",
      "  synthorax dataset convert siim --to nnunet --structure pneumothorax \\",
      "      --out nnUNet_raw/Dataset001_PTX",
      "  synthorax dataset convert CheXpert-v1.0-small --to nih \\",
      "      --uncertain zeros --out as-nih"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class DatasetConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DatasetSource source;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      required = true,
      converter = DatasetOptionNames.OfFormat.class,
      completionCandidates = DatasetOptionNames.Formats.class,
      description = "Format to write, one of those of --format.")
  private DatasetFormat to;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write to, new or empty.")
  private Path out;

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Samples a shard, of shards and webdataset (default ${DEFAULT-VALUE}).")
  private int shardSize;

  @Option(
      names = "--structure",
      paramLabel = "NAME",
      description = "Mask to write, of nnunet; repeat for several (default: those of the first).")
  private List<String> structures = new ArrayList<>();

  @Option(
      names = "--uncertain",
      paramLabel = "POLICY",
      converter = DatasetOptionNames.OfPolicy.class,
      description =
          "What uncertain labels become: zeros, ones, or ignore (left out); default: kept.")
  private @Nullable UncertaintyPolicy uncertain;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DatasetSource.requireThreads(threads);
    PrintWriter err = spec.commandLine().getErr();
    WriteOptions options = options(err);
    LabelTargets targets = targets();
    Dataset dataset = source.open(err);
    int[] count = new int[1];
    try {
      to.write(
          out,
          options,
          writer ->
              OrderedParallel.<Sample>forEach(
                  DatasetSource.loads(dataset),
                  threads,
                  sample -> {
                    writer.add(targets == null ? sample : relabel(targets, sample));
                    count[0]++;
                  }));
    } catch (IllegalArgumentException e) { // the format cannot hold a sample
      throw new IOException(e.getMessage(), e);
    }
    PrintWriter answer = spec.commandLine().getOut();
    if (output.json) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("images", count[0]);
      summary.put("from", dataset.format());
      summary.put("to", to.wireName());
      summary.put("out", out.toString());
      answer.println(new JsonMapper().writeValueAsString(summary));
    } else {
      answer.println(
          count[0] + " images from " + dataset.format() + " to " + to.wireName() + " in " + out);
    }
    return SynthoraxCommand.OK;
  }

  private WriteOptions options(PrintWriter err) {
    if (!structures.isEmpty() && to != DatasetFormat.NNUNET) {
      throw new UsageException("--structure: " + structures + " (expected: with --to nnunet only)");
    }
    try {
      return WriteOptions.of(warning -> err.println("warning: " + warning))
          .withShardSize(shardSize)
          .withStructures(structures.stream().map(Structure::ofWireName).distinct().toList());
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable LabelTargets targets() {
    if (uncertain == null) {
      return null;
    }
    return switch (uncertain) {
      case UncertaintyPolicy.Ignore p -> LabelTargets.of(p);
      case UncertaintyPolicy.Zeros p -> LabelTargets.of(p);
      case UncertaintyPolicy.Ones p -> LabelTargets.of(p);
      case UncertaintyPolicy.MultiClass p -> throw notHard(p);
      case UncertaintyPolicy.SelfTrained p -> throw notHard(p);
      case UncertaintyPolicy.Smoothed p -> throw notHard(p);
    };
  }

  private static UsageException notHard(UncertaintyPolicy policy) {
    return new UsageException(
        "--uncertain: " + policy + " gives no hard labels (expected: zeros, ones or ignore)");
  }

  private static Sample relabel(LabelTargets targets, Sample sample) {
    return new Sample(targets.relabel(sample.info()), sample.image(), sample.masks());
  }
}
