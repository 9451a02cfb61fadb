package dev.synthorax.client.augment;

import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.SourceDataset;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Splits;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.Warnings;
import dev.synthorax.client.storage.ContentHash;
import dev.synthorax.client.transform.TransformDraw;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The training images of a plan's source. No other image of it can be reached from here: that is
 * the first of two checks that nothing is made from images kept for reporting; the second is made
 * where an image is written.
 *
 * <p><b>Threading:</b> immutable, but for {@link #oddities}; any thread.
 */
public final class SourceImages {
  private final List<DatasetImage> images;
  private final int[] training;
  private final List<String> warnings;
  private final Oddities oddities;
  private final List<String> vocabulary;
  private final String fingerprint;

  private SourceImages(
      List<DatasetImage> images, int[] training, List<String> warnings, Oddities oddities) {
    this.images = images;
    this.training = training;
    this.warnings = warnings;
    this.oddities = oddities;
    Set<String> labels = new LinkedHashSet<>();
    ContentHash digest = ContentHash.create();
    for (int i = 0; i < training.length; i++) {
      ImageInfo info = training(i).info();
      labels.addAll(info.labels().keySet());
      digest.add(info.toString().getBytes(StandardCharsets.UTF_8));
    }
    this.vocabulary = List.copyOf(labels);
    this.fingerprint = digest.hex();
  }

  /**
   * Reads the tables of a source.
   *
   * @param planFolder where relative paths start
   * @throws PlanException if a patient is in two splits, an image has no split, an excluded image
   *     is not there, or none is left for training
   * @throws IOException if a table cannot be read
   */
  public static SourceImages open(SourceDataset source, Path planFolder) throws IOException {
    Path folder = planFolder.resolve(source.folder());
    DatasetFormat named = source.format();
    DatasetFormat format = named == null ? DatasetFormat.detect(folder) : named;
    String chexmask = source.chexmask();
    Oddities oddities = new Oddities();
    ReadOptions options =
        ReadOptions.DEFAULT.withSkipMissing(source.skipMissing()).withOddities(oddities);
    if (chexmask != null) {
      options = options.withCheXmask(planFolder.resolve(chexmask));
    }
    Dataset dataset = format.open(folder, options);
    List<DatasetImage> images = dataset.images();
    try {
      SourceDataset.Division divide = source.divide();
      if (divide == null) {
        Splits.requireDisjoint(images);
      } else {
        images = Splits.byPatient(images, divide.seed(), divide.shares());
      }
    } catch (IllegalArgumentException e) {
      throw new PlanException("source " + folder + ": " + e.getMessage());
    }
    return new SourceImages(
        images, training(images, source, folder), List.copyOf(dataset.warnings()), oddities);
  }

  private static int[] training(List<DatasetImage> images, SourceDataset source, Path folder) {
    Set<String> exclude = new HashSet<>(source.exclude());
    List<Integer> training = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      ImageInfo info = images.get(i).info();
      if (exclude.remove(info.id())) {
        continue;
      }
      if (info.split() == null) {
        throw new PlanException(
            "source "
                + folder
                + ": image '"
                + info.id()
                + "' has no split (expected: train, validation or test; divide the patients with"
                + " source.divide)");
      }
      if (info.split() == Split.TRAIN) {
        training.add(i);
      }
    }
    for (String id : source.exclude()) {
      if (exclude.contains(id)) {
        throw new PlanException(
            "source.exclude: '" + id + "' (expected: an image of " + folder + ")");
      }
    }
    if (training.isEmpty()) {
      throw new PlanException(
          "source "
              + folder
              + ": none of "
              + images.size()
              + " images is in train (expected: at least one)");
    }
    return training.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the number of training images. */
  public int size() {
    return training.length;
  }

  /** Returns training image {@code index}, in the order of the tables. */
  DatasetImage training(int index) {
    DatasetImage image = images.get(training[index]);
    TransformDraw.requireTraining(image.info());
    return image;
  }

  /** Returns the labels that the training images mention, in order of first mention. */
  List<String> vocabulary() {
    return vocabulary;
  }

  /** Returns what is odd in the tables. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns what is odd in the images that were read so far, of each kind the first few. */
  public List<String> oddities() {
    return oddities.lines();
  }

  /** Returns a hash of all that the tables say of the training images. */
  String fingerprint() {
    return fingerprint;
  }

  /** What is odd in images: each once, however often it is read, and whichever is read first. */
  private static final class Oddities implements ReadOptions.Oddities {
    private final Map<String, Set<String>> lines = new TreeMap<>(); // by kind

    @Override
    public synchronized void add(String kind, String line) {
      lines.computeIfAbsent(kind, _ -> new TreeSet<>()).add(line);
    }

    private synchronized List<String> lines() {
      Warnings warnings = new Warnings();
      lines.forEach((kind, odd) -> odd.forEach(line -> warnings.add(kind, line)));
      return warnings.lines();
    }
  }
}
