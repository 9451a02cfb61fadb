package dev.synthorax.client.dataset.format;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A dataset of any format with what the options ask of all of them: missing images left out, boxes
 * beyond their image reported when it is loaded.
 */
final class CheckedDataset implements Dataset {
  private final Dataset dataset;
  private final ReadOptions options;
  private final int[] kept; // empty: all
  private final List<String> warnings;

  private CheckedDataset(Dataset dataset, ReadOptions options, int[] kept, List<String> warnings) {
    this.dataset = dataset;
    this.options = options;
    this.kept = kept;
    this.warnings = warnings;
  }

  /**
   * Applies the options.
   *
   * @throws IOException if no image is left
   */
  static Dataset of(Dataset dataset, ReadOptions options, Path folder) throws IOException {
    if (!options.skipMissing()) {
      return new CheckedDataset(dataset, options, new int[0], dataset.warnings());
    }
    List<DatasetImage> images = dataset.images();
    int[] kept =
        IntStream.range(0, images.size())
            .parallel() // each look may wait for a file server
            .filter(i -> images.get(i).missingFile() == null)
            .toArray();
    int left = images.size() - kept.length;
    if (left == 0) {
      return new CheckedDataset(dataset, options, new int[0], dataset.warnings());
    }
    String first = first(images, kept);
    if (kept.length == 0) {
      throw new IOException(
          folder + ": all of " + left + " images are missing (expected: one at least); " + first);
    }
    List<String> warnings = new ArrayList<>(dataset.warnings());
    warnings.add(
        folder
            + ": "
            + left
            + " of "
            + images.size()
            + " images are missing and left out; "
            + first);
    return new CheckedDataset(dataset, options, kept, List.copyOf(warnings));
  }

  private static String first(List<DatasetImage> images, int[] kept) {
    int index = 0;
    while (index < kept.length && kept[index] == index) {
      index++;
    }
    DatasetImage image = images.get(index);
    return "the first is " + image.missingFile() + " (named in " + image.source().at() + ")";
  }

  @Override
  public String format() {
    return dataset.format();
  }

  @Override
  public int leftOut() {
    return kept.length == 0 ? 0 : dataset.images().size() - kept.length;
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public List<DatasetImage> images() {
    return new Images(dataset.images());
  }

  private final class Images extends AbstractList<DatasetImage> implements RandomAccess {
    private final List<DatasetImage> all;

    Images(List<DatasetImage> all) {
      this.all = all;
    }

    @Override
    public DatasetImage get(int index) {
      DatasetImage image = all.get(kept.length == 0 ? index : kept[index]);
      return new DatasetImage(image.info(), new Source(image.source()));
    }

    @Override
    public int size() {
      return kept.length == 0 ? all.size() : kept.length;
    }
  }

  private final class Source implements DatasetImage.Source {
    private final DatasetImage.Source source;

    Source(DatasetImage.Source source) {
      this.source = source;
    }

    @Override
    public Sample load(ImageInfo info) throws IOException {
      Sample sample = source.load(info);
      GrayImage image = sample.image();
      for (Box box : sample.info().boxes()) {
        String problem = box.beyond(image.width(), image.height());
        if (problem != null) {
          options.oddities().add(DatasetFormat.BOXES_BEYOND, source.at() + ": " + problem);
        }
      }
      return sample;
    }

    @Override
    public List<Path> files() {
      return source.files();
    }

    @Override
    public Set<Structure> structures() {
      return source.structures();
    }

    @Override
    public String at() {
      return source.at();
    }
  }
}
