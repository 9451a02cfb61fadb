package dev.synthorax.server.training;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.training.stage.SampleLine;
import dev.synthorax.training.stage.SampleShape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server's datasets. What is wrong ends a future with a {@link ServerException} or an {@link
 * dev.synthorax.engine.InferenceException}, one sentence each.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class Datasets {
  private final Desk desk;
  private final DataFolder data;
  private final DatasetStore store;
  private final Trainings trainings;

  Datasets(Desk desk, DataFolder data, DatasetStore store, Trainings trainings) {
    this.desk = desk;
    this.data = data;
    this.store = store;
    this.trainings = trainings;
  }

  /** A dataset, whole or being uploaded; {@code DATASET_NOT_FOUND}. */
  public CompletableFuture<Dataset> get(String name) {
    return desk.submit(() -> store.get(name));
  }

  /** Every dataset, by name. */
  public CompletableFuture<List<Dataset>> list() {
    return desk.submit(() -> List.copyOf(store.list().values()));
  }

  /**
   * Removes a dataset, whole or not; {@code DATASET_NOT_FOUND}, or {@code DATASET_CONFLICT} while a
   * job that has not ended learns from it.
   */
  public CompletableFuture<Dataset> delete(String name) {
    return desk.submit(
        () -> {
          Dataset dataset = store.get(name);
          data.claim();
          trainings.requireUnused(name);
          store.delete(name);
          return dataset;
        });
  }

  /**
   * Begins an upload, or goes on with one.
   *
   * @param name of the dataset
   * @param shape of every sample
   * @param first digest of the shape, in hex
   * @param resume samples that are not sent again; null: all are sent
   * @param ended told, on the thread that owns training, if another upload takes the name over
   * @return the upload; {@code DATASET_CONFLICT} if {@code resume} is not what is durable here
   */
  public CompletableFuture<Upload> upload(
      String name,
      SampleShape shape,
      String first,
      Dataset.@Nullable Point resume,
      Runnable ended) {
    return desk.submit(
        () -> {
          data.claim();
          return new Upload(store.open(name, shape, first, resume, ended));
        });
  }

  /**
   * An upload under way. Whoever has it calls {@link #finish} or lets it be: what is durable is
   * kept and can be gone on with.
   */
  public final class Upload {
    private final DatasetUpload upload;

    private Upload(DatasetUpload upload) {
      this.upload = upload;
    }

    /**
     * Takes a sample; those of one upload in order.
     *
     * @param digest of its bytes on the wire
     * @param image row-major grey, 0 black; adopted
     * @param known masks by structure, 0 or 1; adopted
     * @return when it is taken; not yet when it is durable
     */
    public CompletableFuture<Void> add(
        byte[] digest, byte[] image, Map<String, byte[]> known, SampleLine line) {
      return desk.submit(
          endingWithFailure(
              () -> {
                upload.add(digest, image, known, line, desk.now());
                return null;
              }));
    }

    /** Makes the dataset whole. */
    public CompletableFuture<Dataset> finish() {
      return desk.submit(endingWithFailure(() -> upload.finish(desk.now())));
    }

    /** Nobody sends any more. */
    public void abandon() {
      desk.execute(upload::abandon);
    }

    /**
     * What failed is not gone on with in this call: its samples would be others than it counted.
     */
    private <T> Supplier<T> endingWithFailure(Supplier<T> work) {
      return () -> {
        try {
          return work.get();
        } catch (RuntimeException e) {
          upload.abandon();
          throw e;
        }
      };
    }
  }

  /** A failure of a dataset that cannot be trained on yet. */
  static ServerException notWhole(Dataset dataset) {
    return new ServerException(
        ServerReason.DATASET_CONFLICT,
        "dataset %s: its upload is not finished, %d samples are there (expected: a whole one)"
            .formatted(dataset.name(), dataset.point().samples()),
        dataset.name());
  }
}
