package dev.synthorax.server.training;

import dev.synthorax.server.config.TrainingConfig;
import dev.synthorax.server.training.TrainedModels.Promoted;
import dev.synthorax.training.stage.TrainingEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs one after another, oldest first: the one whose turn it is has a process, and a job that is
 * finished has its model served before it says so.
 *
 * <p><b>Ownership:</b> owns the trainer that runs. <b>Threading:</b> the desk's thread.
 */
final class JobLine {
  private static final Logger logger = LoggerFactory.getLogger(JobLine.class);

  private final Desk desk;
  private final JobTable table;
  private final JobChecks checks;
  private final TrainedModels models;
  private final Trainer trainer;
  private final TrainingConfig config;
  private final Map<String, List<CompletableFuture<TrainingStatus>>> ending = new HashMap<>();
  private final CompletableFuture<Void> idle = new CompletableFuture<>(); // once it is closing
  private @Nullable Running running;
  private boolean closing;

  /** The job whose turn it is. */
  private record Running(String name, JobProcess process) {}

  JobLine(
      Desk desk,
      JobTable table,
      JobChecks checks,
      TrainedModels models,
      Trainer trainer,
      TrainingConfig config) {
    this.desk = desk;
    this.table = table;
    this.checks = checks;
    this.models = models;
    this.trainer = trainer;
    this.config = config;
  }

  /** Gives the oldest job that waits its turn. */
  void next() {
    if (running != null || closing) {
      return;
    }
    for (TrainingJob job : table.all()) {
      if (!job.state().ended()) {
        run(job);
        return;
      }
    }
  }

  private void run(TrainingJob job) {
    Trainer.Order order;
    try {
      order = checks.order(job.spec(), table.folder(job.name()));
    } catch (RuntimeException e) { // its datasets or models are gone
      end(job.name(), TrainingState.FAILED, String.valueOf(e.getMessage()));
      return;
    }
    table.story(job.name()).begin();
    var process = new JobProcess(desk, trainer, config, order, new Owner(job.name()));
    running = new Running(job.name(), process);
    table.put(job.in(TrainingState.RUNNING, "", desk.now()));
    process.begin();
  }

  /** Hears of the job whose turn it is. */
  private final class Owner implements JobProcess.Owner {
    private final String name;

    private Owner(String name) {
      this.name = name;
    }

    @Override
    public void told(TrainingEvent event) {
      JobStory story = table.story(name);
      story.tell(event, desk.now());
      switch (event) {
        case TrainingEvent.Started _, TrainingEvent.StageStarted _, TrainingEvent.StageFinished _ ->
            table.tellChanged(name);
        case TrainingEvent.Progress _, TrainingEvent.Resumed _ -> {
          TrainingStatus.Progress progress = story.progress();
          if (progress != null) {
            table.tell(name, listener -> listener.progressed(progress));
          }
        }
        case TrainingEvent.Metrics(String stage, long step, var values) ->
            table.tell(name, listener -> listener.measured(stage, step, values));
        case TrainingEvent.Pictures drawn ->
            table.tell(name, listener -> story.drew(drawn.stage(), listener));
        case TrainingEvent.Checkpointed _,
            TrainingEvent.Published _,
            TrainingEvent.Stopped _,
            TrainingEvent.Failed _ -> {}
      }
    }

    @Override
    public void restarts(String sentence) {
      logger.atWarn().addKeyValue("job", name).addKeyValue("reason", sentence).log("Starts anew");
      table.put(table.get(name).restarted());
      table.story(name).begin();
      table.tell(name, listener -> listener.noted(sentence));
    }

    @Override
    public void ended(JobProcess.End how, String reason) {
      if (closing) { // it goes on with the next server
        idle.complete(null);
        return;
      }
      switch (how) {
        case FAILED -> end(name, TrainingState.FAILED, reason);
        case STOPPED -> end(name, TrainingState.CANCELLED, reason);
        case FINISHED -> {
          if (table.get(name).spec().promote()) {
            promote(name);
          } else {
            end(name, TrainingState.FINISHED, "");
          }
        }
      }
    }
  }

  /** Has a finished model served before the job is said to be finished. */
  private void promote(String name) {
    TrainingJob job = table.get(name);
    table.put(job.in(TrainingState.RUNNING, "Its model is being loaded.", desk.now()));
    var _ =
        models
            .promote(table.folder(name).model(), job.spec().model())
            .whenComplete(
                (promoted, failure) -> desk.execute(() -> promoted(name, promoted, failure)));
  }

  private void promoted(String name, @Nullable Promoted promoted, @Nullable Throwable failure) {
    if (closing) {
      idle.complete(null);
      return;
    }
    if (promoted != null) {
      keep(name, promoted);
      end(name, TrainingState.FINISHED, promoted.notServed());
    } else {
      end(
          name,
          TrainingState.FINISHED,
          "Its model is whole, but it is not served: %s (PromoteModel tries it again)"
              .formatted(Futures.message(failure)));
    }
  }

  /** Records that a job's model is in the repository; the job needs its own no more. */
  void keep(String name, Promoted promoted) {
    table.put(table.get(name).promoted(promoted.version()));
    checks.clear(table.folder(name).model());
  }

  private void end(String name, TrainingState state, String reason) {
    Running before = running;
    if (before != null && before.name().equals(name)) {
      running = null;
    }
    logger
        .atInfo()
        .addKeyValue("job", name)
        .addKeyValue("state", state)
        .addKeyValue("reason", reason)
        .log("A training has ended");
    table.put(table.get(name).in(state, reason, desk.now()));
    TrainingStatus status = table.status(table.get(name));
    List<CompletableFuture<TrainingStatus>> waiting = ending.remove(name);
    if (waiting != null) {
      waiting.forEach(each -> each.complete(status));
    }
    next();
  }

  /** Ends a job after a checkpoint; one that has ended stays as it is. */
  CompletableFuture<TrainingStatus> cancel(TrainingJob job) {
    Running current = running;
    if (job.state().ended()) {
      return CompletableFuture.completedFuture(table.status(job));
    }
    if (current == null || !current.name().equals(job.name())) {
      end(job.name(), TrainingState.CANCELLED, "");
      return CompletableFuture.completedFuture(table.status(table.get(job.name())));
    }
    var ended = new CompletableFuture<TrainingStatus>();
    ending.computeIfAbsent(job.name(), _ -> new ArrayList<>()).add(ended);
    if (job.state() == TrainingState.RUNNING && job.reason().isEmpty()) {
      table.put(job.in(TrainingState.CANCELLING, "It ends after a checkpoint.", desk.now()));
      current.process().stop();
    }
    return ended;
  }

  /** Begins nothing more, and has what runs write a checkpoint and end. */
  void close() {
    closing = true;
    Running current = running;
    if (current == null) {
      idle.complete(null);
    } else {
      current.process().stop();
    }
  }

  /** When nothing runs any more, after {@link #close}. */
  CompletableFuture<Void> idle() {
    return idle;
  }

  /** Ends what runs at once. */
  void kill() {
    Running current = running;
    if (current != null) {
      current.process().kill();
    }
  }
}
