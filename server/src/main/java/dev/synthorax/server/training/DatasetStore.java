package dev.synthorax.server.training;

import dev.synthorax.files.AtomicFiles;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.training.stage.SampleShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The datasets of a data folder: {@code NAME} is whole and never changes, {@code .uploads/NAME}
 * grows, {@code .shards} holds what datasets have in common. A dataset becomes whole by one rename.
 *
 * <p><b>Threading:</b> one thread.
 */
final class DatasetStore {
  private static final int MAX_OPEN = 8;
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final DataFolder data;
  private final Limits limits;
  private final Map<String, DatasetUpload> uploads = new HashMap<>(); // open ones

  /**
   * What datasets may take.
   *
   * @param samples of one dataset
   * @param bytes of one dataset
   * @param spareBytes that an upload leaves free on the disk
   * @param shardBytes of samples in a shard: what a cut may cost
   */
  record Limits(long samples, long bytes, long spareBytes, int shardBytes) {}

  DatasetStore(DataFolder data, Limits limits) {
    this.data = data;
    this.limits = limits;
  }

  private Path uploads() {
    return data.datasets().resolve(".uploads");
  }

  private SharedShards shared() {
    return new SharedShards(data.datasets().resolve(".shards"));
  }

  /** Where the shards of a whole dataset are. */
  Path folder(String name) {
    return data.datasets().resolve(name);
  }

  /**
   * A dataset, whole or being uploaded.
   *
   * @throws ServerException {@code DATASET_NOT_FOUND}
   */
  Dataset get(String name) {
    try {
      Dataset found = find(name);
      if (found == null) {
        throw new ServerException(
            ServerReason.DATASET_NOT_FOUND,
            "dataset: %s (expected: one that was uploaded)".formatted(name),
            name);
      }
      return found;
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
  }

  private @Nullable Dataset find(String name) throws IOException {
    Dataset whole = DatasetFile.read(folder(Names.require(name)), name, true);
    return whole != null ? whole : DatasetFile.read(uploads().resolve(name), name, false);
  }

  /** Every dataset by name. */
  SortedMap<String, Dataset> list() {
    var datasets = new TreeMap<String, Dataset>();
    try {
      for (Path folder : new Path[] {uploads(), data.datasets()}) {
        if (!Files.isDirectory(folder)) {
          continue;
        }
        try (Stream<Path> children = Files.list(folder)) {
          for (Path child : children.toList()) {
            String name = child.getFileName().toString();
            Dataset dataset =
                name.startsWith(".")
                    ? null
                    : DatasetFile.read(child, name, folder.equals(data.datasets()));
            if (dataset != null) {
              datasets.put(name, dataset);
            }
          }
        }
      }
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
    return datasets;
  }

  /**
   * Removes a dataset, whole or not.
   *
   * @throws ServerException {@code DATASET_NOT_FOUND}
   */
  void delete(String name) {
    Dataset dataset = get(name);
    end(name);
    try {
      Path folder = dataset.whole() ? folder(name) : uploads().resolve(name);
      Path away = data.datasets().resolve("." + name + ".deleted");
      AtomicFiles.delete(away);
      Files.move(folder, away, StandardCopyOption.ATOMIC_MOVE); // gone at once, for everyone
      AtomicFiles.delete(away);
      shared().sweep();
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
  }

  /**
   * Begins an upload or goes on with one; another upload of that name that is open is ended.
   *
   * @param shape of every sample
   * @param first digest of the shape
   * @param resume samples that are not sent again; null: all are
   * @param ended told if this upload is ended by another
   * @throws ServerException {@code DATASET_CONFLICT} if {@code resume} is not what is durable here,
   *     {@code QUEUE_FULL} if many others are open
   */
  DatasetUpload open(
      String name,
      SampleShape shape,
      String first,
      Dataset.@Nullable Point resume,
      Runnable ended) {
    Path folder = uploads().resolve(Names.require(name));
    end(name);
    uploads.values().removeIf(upload -> !upload.isOpen());
    if (uploads.size() >= MAX_OPEN) { // each holds a shard
      throw new ServerException(
          ServerReason.QUEUE_FULL,
          "%d uploads are under way (expected: fewer; try again when one has ended)"
              .formatted(uploads.size()),
          AGAIN);
    }
    try {
      Dataset here = find(name);
      if (resume != null && (here == null || !here.point().equals(resume))) {
        throw conflict(
            name,
            "%d samples are not what is durable here (expected: %s; upload from the first sample)"
                .formatted(
                    resume.samples(), here == null ? "none" : here.point().samples() + " others"));
      }
      if (here != null && (resume != null || here.whole()) && !here.shape().equals(shape)) {
        throw conflict(
            name,
            "samples of %s (expected: %s as those that are here; remove it first, or take another name)"
                .formatted(shape, here.shape()));
      }
      boolean whole = here != null && here.whole();
      if (resume == null && !whole) {
        AtomicFiles.delete(folder);
      }
      var upload =
          new DatasetUpload(
              new DatasetUpload.Place(
                  name, folder, folder(name), shared(), limits, whole ? here : null),
              resume != null && here != null && !whole
                  ? here
                  : DatasetUpload.nothing(
                      name, shape, resume != null && whole ? resume : new Dataset.Point(0, first)),
              ended);
      uploads.put(name, upload);
      return upload;
    } catch (IOException e) {
      throw DiskFailure.of(e);
    }
  }

  private void end(String name) {
    DatasetUpload open = uploads.remove(name);
    if (open != null) {
      open.end();
    }
  }

  static ServerException conflict(String name, String what) {
    return new ServerException(
        ServerReason.DATASET_CONFLICT, "dataset %s: %s".formatted(name, what), name);
  }
}
