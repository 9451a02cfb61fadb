package dev.synthorax.client.cli.dataset;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.Warnings;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads every image and mask of a dataset, and measures it. */
@Command(
    name = "read",
    description = "Reads every image and mask of a dataset: checks the files, measures the rate.",
    sortOptions = false,
    footer = {
      "",
      "The heap is what is in use after a full collection, at the start and after each quarter.",
      "A missing or damaged file stops the command; with --keep-going all of them",
      "are listed, and the exit code is 1 if there is one.",
      "",
      "Example:",
      "  synthorax dataset read chexpert-tar --threads 8"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class DatasetReadCommand implements Callable<Integer> {
  private static final int POINTS = 4;

  @Spec private CommandSpec spec;

  @Mixin private DatasetSource source;

  @Option(
      names = "--keep-going",
      description = "List every image that cannot be read; exit code 1 if there is one.")
  private boolean keepGoing;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private OutputOptions output;

  /** What was read so far; one thread. */
  private static final class Tally {
    private final int images;
    private final Map<Integer, Long> heap = new LinkedHashMap<>();
    private int read;
    private int masks;
    private long pixels;
    private long pausedNanos;

    Tally(int images) {
      this.images = images;
      measureHeap();
    }

    void add(Sample sample) {
      read++;
      masks += sample.masks().size();
      pixels += (long) sample.image().width() * sample.image().height();
      if ((long) read * POINTS / images != (long) (read - 1) * POINTS / images) {
        measureHeap();
      }
    }

    private void measureHeap() {
      long start = System.nanoTime();
      System.gc();
      heap.put(read, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      pausedNanos += System.nanoTime() - start;
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    DatasetSource.requireThreads(threads);
    long start = System.nanoTime();
    PrintWriter err = spec.commandLine().getErr();
    Warnings oddities = new Warnings();
    Dataset dataset = source.open(err, ReadOptions.DEFAULT.withOddities(oddities));
    double openSeconds = (System.nanoTime() - start) * 1e-9;
    Tally tally = new Tally(dataset.images().size());
    long pausedBefore = tally.pausedNanos;
    start = System.nanoTime();
    DatasetLoading loading = new DatasetLoading(dataset.images(), threads, keepGoing, err);
    loading.forEach("error", tally::add);
    double seconds = (System.nanoTime() - start - (tally.pausedNanos - pausedBefore)) * 1e-9;
    oddities.lines().forEach(line -> err.println("warning: " + line));
    print(dataset, tally, loading.unreadable(), openSeconds, seconds);
    return loading.unreadable() == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(
      Dataset dataset, Tally tally, int unreadable, double openSeconds, double seconds)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    double rate = tally.read / seconds;
    double megabytes = tally.pixels / seconds * 1e-6;
    if (output.json()) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("format", dataset.format());
      facts.put("images", tally.read);
      facts.put("masks", tally.masks);
      facts.put("unreadable", unreadable);
      facts.put("threads", threads);
      facts.put("open_seconds", openSeconds);
      facts.put("seconds", seconds);
      facts.put("images_per_second", rate);
      facts.put("pixel_megabytes_per_second", megabytes);
      facts.put("heap_bytes_after_images", tally.heap);
      out.println(new JsonMapper().writeValueAsString(facts));
      return;
    }
    out.println(
        String.format(
            Locale.ROOT,
            "%s: %d images and %d masks in %.2f s with %d threads (tables: %.2f s)",
            dataset.format(),
            tally.read,
            tally.masks,
            seconds,
            threads,
            openSeconds));
    if (unreadable > 0) {
      out.println(unreadable + " of " + dataset.images().size() + " images cannot be read");
    }
    out.println(
        String.format(Locale.ROOT, "%.1f images/s, %.1f MB/s of image pixels", rate, megabytes));
    tally.heap.forEach(
        (images, bytes) ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "heap after %d images: %.1f MB in use after collection",
                    images,
                    bytes * 1e-6)));
  }
}
