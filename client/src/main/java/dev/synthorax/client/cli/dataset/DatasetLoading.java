package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.Warnings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Loads the images of a dataset, past those that cannot be read where that is asked for. */
final class DatasetLoading {
  /** What missing images are counted as. */
  static final String MISSING = "missing images";

  private final List<DatasetImage> images;
  private final int threads;
  private final boolean keepGoing;
  private final PrintWriter err;
  private int unreadable;

  DatasetLoading(List<DatasetImage> images, int threads, boolean keepGoing, PrintWriter err) {
    this.images = images;
    this.threads = threads;
    this.keepGoing = keepGoing;
    this.err = err;
  }

  private record Loaded(@Nullable Sample sample, String problem) {}

  /**
   * Hands over every image in order; those that cannot be read are printed and counted instead.
   *
   * @param word before each of them: {@code error}
   * @throws IOException of the first that cannot be read, unless it keeps going
   */
  void forEach(String word, OrderedParallel.Consumer<Sample> consumer)
      throws IOException, InterruptedException {
    OrderedParallel.<Loaded>forEach(
        images.stream().<Callable<Loaded>>map(image -> () -> load(image)).iterator(),
        threads,
        loaded -> {
          Sample sample = loaded.sample();
          if (sample == null) {
            unreadable++;
            err.println(word + ": " + loaded.problem());
          } else {
            consumer.accept(sample);
          }
        });
  }

  private Loaded load(DatasetImage image) throws IOException {
    try {
      return new Loaded(image.load(), "");
    } catch (IOException e) {
      if (!keepGoing) {
        throw e;
      }
      return new Loaded(null, String.valueOf(e.getMessage()));
    }
  }

  /** Returns how many could not be read. */
  int unreadable() {
    return unreadable;
  }

  /**
   * Looks for the files of images, without reading them.
   *
   * @return what is missing, the first few by name, the others counted
   */
  static Warnings missing(List<DatasetImage> images) {
    boolean[] missing = new boolean[images.size()];
    IntStream.range(0, missing.length)
        .parallel() // each look may wait for a file server
        .forEach(i -> missing[i] = images.get(i).missingFile() != null);
    Warnings warnings = new Warnings();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i]) {
        DatasetImage image = images.get(i);
        warnings.add(
            MISSING, image.missingFile() + ": no such file (named in " + image.source().at() + ")");
      }
    }
    return warnings;
  }

  /**
   * Refuses a dataset with missing images before work on it starts.
   *
   * @throws IOException if there are any; the message says how many, names the first and says what
   *     to do
   */
  static void requirePresent(List<DatasetImage> images) throws IOException {
    Warnings missing = missing(images);
    int count = missing.count(MISSING);
    if (count > 0) {
      throw new IOException(
          missing.lines().getFirst()
              + "; "
              + count
              + " of "
              + images.size()
              + " images "
              + (count == 1 ? "is" : "are")
              + " missing (expected: all; --skip-missing leaves them out)");
    }
  }
}
