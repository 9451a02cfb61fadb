package dev.synthorax.server.training;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.training.TrainedModels.Promoted;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The server's training jobs, one at a time, oldest first. What is wrong ends a future with a
 * {@link ServerException} or an {@link dev.synthorax.engine.InferenceException}, one sentence each.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class Trainings {
  private final Desk desk;
  private final DataFolder data;
  private final JobTable table;
  private final JobChecks checks;
  private final TrainedModels models;
  private final JobLine line;
  private boolean closing;

  Trainings(
      Desk desk,
      DataFolder data,
      JobTable table,
      JobChecks checks,
      TrainedModels models,
      JobLine line) {
    this.desk = desk;
    this.data = data;
    this.table = table;
    this.checks = checks;
    this.models = models;
    this.line = line;
  }

  private <T> CompletableFuture<T> submit(Supplier<T> work) {
    return desk.submit(
        () -> {
          requireOpen();
          return work.get();
        });
  }

  private void requireOpen() {
    if (closing) {
      throw new ServerException(ServerReason.DRAINING, "the server is shutting down");
    }
  }

  /** Takes up what the records hold, at the first need. */
  private void open() {
    data.claim();
    if (!table.load()) {
      return;
    }
    for (TrainingJob job : table.all()) {
      switch (job.state()) {
        case RUNNING -> table.put(job.restarted());
        case CANCELLING -> table.put(job.in(TrainingState.CANCELLED, "", desk.now()));
        case QUEUED, FINISHED, FAILED, CANCELLED -> {}
      }
    }
    line.next();
  }

  /** Goes on with the jobs that a server before this one did not end, if there are any. */
  public CompletableFuture<Void> resume() {
    return submit(
        () -> {
          if (data.hasJobs()) {
            open();
          }
          return null;
        });
  }

  /**
   * Queues a job, or goes on with the one of that name that was cancelled or failed.
   *
   * @param name of the job; empty: one is made
   */
  public CompletableFuture<TrainingStatus> start(String name, TrainingSpec spec) {
    return submit(
        () -> {
          String known = name.isEmpty() ? "" : Names.require(name);
          open();
          TrainingJob before = known.isEmpty() ? null : table.find(known).orElse(null);
          TrainingJob job = before == null ? begin(known, spec) : goOn(before, spec);
          line.next();
          return table.status(table.get(job.name()));
        });
  }

  private TrainingJob begin(String known, TrainingSpec spec) {
    checks.requireFree(spec, table.all());
    String name = known.isEmpty() ? spec.model() + "-" + table.nextNumber() : known;
    if (known.isEmpty() && table.find(name).isPresent()) {
      throw checks.conflict(name, "a job has that name (expected: a name of yours for this one)");
    }
    checks.layOut(spec, table.folder(name));
    var job = TrainingJob.queued(table.nextNumber(), name, spec, desk.now());
    table.put(job);
    return job;
  }

  private TrainingJob goOn(TrainingJob before, TrainingSpec spec) {
    List<String> differences = before.spec().differences(spec);
    if (!differences.isEmpty()) {
      throw checks.conflict(
          before.name(),
          "a job of that name trains something else: "
              + String.join("; ", differences)
              + " (expected: the same, or another name)");
    }
    return switch (before.state()) {
      case QUEUED, RUNNING, CANCELLING, FINISHED -> before;
      case FAILED, CANCELLED -> {
        checks.requireFree(spec, table.all());
        TrainingJob queued = before.in(TrainingState.QUEUED, "", desk.now());
        table.put(queued);
        yield queued;
      }
    };
  }

  /** A job as it stands; {@code TRAINING_NOT_FOUND}. */
  public CompletableFuture<TrainingStatus> get(String name) {
    return submit(
        () -> {
          openIfAny();
          return table.status(table.get(name));
        });
  }

  /** Every job, newest first. */
  public CompletableFuture<List<TrainingStatus>> list() {
    return submit(
        () -> {
          openIfAny();
          return table.all().reversed().stream().map(table::status).toList();
        });
  }

  /** Makes nothing where there is nothing. */
  private void openIfAny() {
    if (data.hasJobs()) {
      open();
    }
  }

  /**
   * Tells a listener of a job: how it stands first.
   *
   * @return ends it; any thread
   */
  public CompletableFuture<Runnable> watch(String name, TrainingListener listener) {
    return submit(
        () -> {
          openIfAny();
          table.listen(name, listener);
          return () -> desk.execute(() -> table.forget(name, listener));
        });
  }

  /** Ends a job after a checkpoint; one that has ended stays as it is. */
  public CompletableFuture<TrainingStatus> cancel(String name) {
    return desk.compose(
        () -> {
          requireOpen();
          openIfAny();
          return line.cancel(table.get(name));
        });
  }

  /** Removes a job that has ended, with all that it keeps. */
  public CompletableFuture<TrainingStatus> delete(String name) {
    return submit(
        () -> {
          openIfAny();
          TrainingJob job = table.get(name);
          if (!job.state().ended()) {
            throw checks.conflict(name, "it has not ended (expected: cancel it first)");
          }
          TrainingStatus last = table.status(job);
          table.remove(job);
          checks.clear(table.folder(name).root());
          return last;
        });
  }

  /** Has a finished job's model served; see {@link TrainedModels#promote}. */
  public CompletableFuture<Promotion> promoteModel(String name) {
    return desk.compose(() -> promote(name))
        .thenCompose(promoted -> desk.submit(() -> keep(name, promoted)));
  }

  private CompletableFuture<Promoted> promote(String name) {
    requireOpen();
    openIfAny();
    TrainingJob job = table.get(name);
    if (job.state() != TrainingState.FINISHED) {
      throw checks.conflict(name, "it has not finished (expected: a finished job's model)");
    }
    return job.modelVersion().isEmpty()
        ? models.promote(table.folder(name).model(), job.spec().model())
        : CompletableFuture.completedFuture(new Promoted(job.modelVersion(), job.reason()));
  }

  private Promotion keep(String name, Promoted promoted) {
    if (table.get(name).modelVersion().isEmpty()) {
      line.keep(name, promoted);
      table.put(table.get(name).because(promoted.notServed()));
    }
    TrainingJob job = table.get(name);
    return new Promotion(job.spec().model(), promoted.version(), promoted.notServed());
  }

  /**
   * A model in the repository.
   *
   * @param notServed why requests cannot use it, one sentence; empty: they can
   */
  public record Promotion(String model, String version, String notServed) {}

  /** Checks that no job that has not ended learns from a dataset. */
  void requireUnused(String dataset) {
    openIfAny();
    checks.requireUnused(dataset, table.all());
  }

  /**
   * Takes nothing more, and has the job that runs write a checkpoint and end; the next server goes
   * on with it.
   *
   * @return when it has
   */
  CompletableFuture<Void> drain() {
    desk.execute(
        () -> {
          closing = true;
          line.close();
        });
    return line.idle();
  }

  /** Ends what {@link #drain} could not wait for; it goes on from its last checkpoint. */
  void kill() {
    desk.execute(line::kill);
  }
}
