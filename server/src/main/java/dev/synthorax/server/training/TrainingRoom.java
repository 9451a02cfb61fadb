package dev.synthorax.server.training;

import dev.synthorax.server.config.TrainingConfig;
import dev.synthorax.server.records.Records;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.training.stage.SampleShardWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of training: its datasets and its jobs. Nothing is made on disk before it is needed.
 *
 * <p><b>Ownership:</b> owns its thread, the lock on the data folder and the trainer; borrows
 * records and repository, which are closed after it.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class TrainingRoom implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(TrainingRoom.class);

  private final Desk desk; // owned
  private final DataFolder data;
  private final Datasets datasets;
  private final Trainings trainings;

  /**
   * A room whose trainers are child processes.
   *
   * @param folder the server's data folder
   * @param records in it
   * @param repository gets the models
   * @param mainClass whose command {@code trainer} trains
   */
  public TrainingRoom(
      Path folder,
      Records records,
      ModelRepository repository,
      TrainingConfig config,
      String mainClass) {
    this(
        new DeskThread(),
        folder,
        records,
        repository,
        config,
        new ChildTrainer(mainClass, config.heapBytes()));
  }

  /** The same at another desk, with another trainer. */
  TrainingRoom(
      Desk desk,
      Path folder,
      Records records,
      ModelRepository repository,
      TrainingConfig config,
      Trainer trainer) {
    this.desk = desk;
    data = new DataFolder(folder);
    var store =
        new DatasetStore(
            data,
            new DatasetStore.Limits(
                config.maxDatasetSamples(),
                config.maxDatasetBytes(),
                config.spareDiskBytes(),
                SampleShardWriter.SHARD_BYTES));
    var models = new TrainedModels(data, repository);
    var table = new JobTable(data, new JobRecords(records));
    var checks = new JobChecks(store, models, config);
    var line = new JobLine(desk, table, checks, models, trainer, config);
    trainings = new Trainings(desk, data, table, checks, models, line);
    datasets = new Datasets(desk, data, store, trainings);
  }

  /** Where the promoted models of a data folder are: a folder for each, perhaps none yet. */
  public static Path models(Path dataFolder) {
    return new DataFolder(dataFolder).models();
  }

  /** Its datasets. */
  public Datasets datasets() {
    return datasets;
  }

  /** Its jobs. */
  public Trainings trainings() {
    return trainings;
  }

  /**
   * Takes nothing more, and has the job that runs write a checkpoint and end.
   *
   * @return when it has
   */
  public CompletableFuture<Void> drain() {
    return trainings.drain();
  }

  /**
   * Ends it: after {@link #drain}, for which it waits a while.
   *
   * @param limit after which a trainer is killed; from its last checkpoint the next server goes on
   */
  public void close(Duration limit) {
    try {
      var _ = drain().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      logger.warn("The trainer did not end within {} s: killed", limit.toSeconds());
      trainings.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of training never fails", e);
    }
    close();
  }

  /** Ends its thread, and gives the data folder back. */
  @Override
  public void close() {
    desk.execute(data::close);
    desk.close();
  }
}
