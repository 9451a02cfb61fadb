package dev.synthorax.client.training;

import dev.synthorax.client.SampleSource;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.SampleShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The images of a dataset on disk, read anew in every pass.
 *
 * <p><b>Threading:</b> immutable; images are read on worker threads of their own.
 */
final class FolderSamples implements SampleSource {
  private final TrainingData.Folder data;
  private final Dataset dataset;
  private final List<DatasetImage> images;
  private final int threads;
  private final GrayImage first;

  private FolderSamples(
      TrainingData.Folder data,
      Dataset dataset,
      List<DatasetImage> images,
      int threads,
      GrayImage first) {
    this.data = data;
    this.dataset = dataset;
    this.images = images;
    this.threads = threads;
    this.first = first;
  }

  /**
   * Opens a dataset and reads its first image.
   *
   * @throws IOException if it cannot be read, or has no image of the split
   */
  static FolderSamples open(TrainingData.Folder data, int threads) throws IOException {
    DatasetFormat format = data.format();
    ReadOptions options = ReadOptions.DEFAULT.withSkipMissing(data.skipMissing());
    Path cheXmask = data.cheXmask();
    Dataset dataset =
        (format == null ? DatasetFormat.detect(data.folder()) : format)
            .open(data.folder(), cheXmask == null ? options : options.withCheXmask(cheXmask));
    Split split = data.split();
    List<DatasetImage> images =
        dataset.images().stream()
            .filter(image -> split == null || image.info().split() == split)
            .toList();
    if (images.isEmpty()) {
      throw new IOException(
          data.folder()
              + ": none of "
              + dataset.images().size()
              + " images is in split "
              + (split == null ? "none" : split.wireName())
              + " (expected: one at least)");
    }
    return new FolderSamples(
        data, dataset, images, threads, square(images.getFirst().load(), data).image());
  }

  private static Sample square(Sample sample, TrainingData.Folder data) {
    return data.size() == 0 ? sample : SampleMessages.square(sample, data.size());
  }

  /** Returns what is odd but not wrong in the dataset's tables. */
  List<String> warnings() {
    return dataset.warnings();
  }

  /** Returns the number of samples. */
  int size() {
    return images.size();
  }

  @Override
  public SampleShape shape() {
    return SampleShape.newBuilder()
        .setWidth(first.width())
        .setHeight(first.height())
        .addAllStructures(data.structures().stream().map(Structure::wireName).toList())
        .build();
  }

  @Override
  public void forEach(Taker taker) throws IOException, InterruptedException {
    OrderedParallel.<dev.synthorax.proto.v1.Sample>forEach(
        images.stream()
            .<Callable<dev.synthorax.proto.v1.Sample>>map(image -> () -> message(image))
            .iterator(),
        threads,
        taker::take);
  }

  private dev.synthorax.proto.v1.Sample message(DatasetImage image) throws IOException {
    Sample sample = square(image.load(), data);
    if (sample.image().width() != first.width() || sample.image().height() != first.height()) {
      throw new IOException(
          data.folder()
              + ": image "
              + sample.id()
              + " is "
              + side(sample.image())
              + " (expected: "
              + side(first)
              + " as the first; or say size: N beside the folder)");
    }
    return SampleMessages.of(sample, data.structures());
  }

  private static String side(GrayImage image) {
    return image.width() + " x " + image.height() + " pixels";
  }
}
