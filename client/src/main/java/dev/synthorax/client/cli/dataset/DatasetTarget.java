package dev.synthorax.client.cli.dataset;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.DatasetOptionNames;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.LabelTargets;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.UncertaintyPolicy;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.Warnings;
import dev.synthorax.client.dataset.format.WriteOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The dataset that a command writes, and which images go into it. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields before the command runs
final class DatasetTarget {
  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      required = true,
      converter = DatasetOptionNames.OfFormat.class,
      description = "Format to write: ${COMPLETION-CANDIDATES}.",
      completionCandidates = DatasetOptionNames.Formats.class)
  private DatasetFormat to;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write to, new or empty.")
  private Path out;

  @Mixin private WritingOptions writing;

  @Option(
      names = "--uncertain",
      paramLabel = "POLICY",
      converter = DatasetOptionNames.OfPolicy.class,
      description =
          "What uncertain labels become: zeros, ones, or ignore (left out); default: kept.")
  private @Nullable UncertaintyPolicy uncertain;

  @Option(
      names = "--skip-missing",
      description = "Leave out images whose file, or a mask's, is not there; count them.")
  private boolean skipMissing;

  @Option(
      names = "--keep-going",
      description = "Leave out images that cannot be read, name and count them.")
  private boolean keepGoing;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  private final Warnings oddities = new Warnings();

  /** Refuses options that cannot be, before anything is read. */
  void check() {
    DatasetSource.requireThreads(threads);
    options(warning -> {});
    targets();
  }

  /** Returns how the images are to be read. */
  ReadOptions readOptions() {
    return ReadOptions.DEFAULT.withSkipMissing(skipMissing).withOddities(oddities);
  }

  private WriteOptions options(Consumer<String> warnings) {
    try {
      return writing.of(to, warnings);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes the dataset, and answers.
   *
   * @param from what the images come from, for the answer
   * @param leftOut how many were left out already
   */
  void write(
      List<DatasetImage> images,
      String from,
      int leftOut,
      boolean json,
      PrintWriter answer,
      PrintWriter err)
      throws IOException, InterruptedException {
    LabelTargets targets = targets();
    if (!skipMissing && !keepGoing) {
      DatasetLoading.requirePresent(images);
    }
    DatasetLoading loading = new DatasetLoading(images, threads, keepGoing, err);
    int[] count = new int[1];
    WriteOptions options = options(warning -> err.println("warning: " + warning));
    try {
      to.write(
          out,
          options,
          writer -> {
            loading.forEach(
                "warning: left out",
                sample -> {
                  writer.add(targets == null ? sample : relabel(targets, sample));
                  count[0]++;
                });
            if (count[0] == 0) {
              throw new IOException(
                  "none of " + images.size() + " images can be read (expected: one at least)");
            }
          });
    } catch (IllegalArgumentException e) { // the format cannot hold a sample
      throw new IOException(e.getMessage(), e);
    }
    oddities.lines().forEach(line -> err.println("warning: " + line));
    print(count[0], from, leftOut, loading.unreadable(), json, answer);
  }

  private void print(
      int count, String from, int leftOut, int unreadable, boolean json, PrintWriter answer)
      throws IOException {
    if (json) {
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("images", count);
      summary.put("from", from);
      summary.put("to", to.wireName());
      summary.put("out", out.toString());
      summary.put("missing", leftOut);
      summary.put("unreadable", unreadable);
      answer.println(new JsonMapper().writeValueAsString(summary));
      return;
    }
    answer.println(
        count
            + " images from "
            + from
            + " to "
            + to.wireName()
            + " in "
            + out
            + (leftOut == 0 ? "" : "; " + leftOut + " missing, left out")
            + (unreadable == 0 ? "" : "; " + unreadable + " not readable, left out"));
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
    return sample.withInfo(targets.relabel(sample.info()));
  }
}
