package dev.synthorax.server.training;

import dev.synthorax.server.config.TrainingConfig;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one job, one after another: one that ends unasked is followed by another, which
 * goes on from the last checkpoint, as long as there is progress.
 *
 * <p><b>Threading:</b> the desk's thread.
 */
final class JobProcess {
  private static final Logger logger = LoggerFactory.getLogger(JobProcess.class);
  private static final Duration WATCH = Duration.ofSeconds(1);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(2); // a step and a checkpoint
  private static final Duration[] WAITS = {
    Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(16), Duration.ofMinutes(1)
  };
  private static final int OUT_OF_HEAP = 3; // of -XX:+ExitOnOutOfMemoryError
  private static final int BAD_USAGE = 2;
  private static final long MIB = 1 << 20;

  private final Desk desk;
  private final Trainer trainer;
  private final TrainingConfig config;
  private final Trainer.Order order;
  private final Owner owner;
  private Trainer.@Nullable Run run; // null: between two processes
  private @Nullable String failure;
  private boolean stopping;
  private boolean over;
  private int deaths; // without a checkpoint between

  /** What became of a job. */
  enum End {
    /** The model is whole. */
    FINISHED,
    /** It cannot go on. */
    FAILED,
    /** It was told to stop, and can go on. */
    STOPPED
  }

  /** Whoever has the job. */
  interface Owner {
    /** The trainer told something. */
    void told(TrainingEvent event);

    /** A process ended unasked, and another will follow; one sentence. */
    void restarts(String sentence);

    /** No process runs or will; the last call. */
    void ended(End end, String reason);
  }

  JobProcess(Desk desk, Trainer trainer, TrainingConfig config, Trainer.Order order, Owner owner) {
    this.desk = desk;
    this.trainer = trainer;
    this.config = config;
    this.order = order;
    this.owner = owner;
  }

  /** Starts the first process, once one that outlived another server has ended. */
  void begin() {
    await(STOP_LIMIT);
  }

  private void await(Duration left) {
    if (over) {
      return;
    }
    if (stopping) {
      end(End.STOPPED, "");
    } else if (trainer.outlives(order.folder(), left.isNegative())) {
      desk.after(WATCH, () -> await(left.minus(WATCH)));
    } else {
      start();
    }
  }

  private void start() {
    if (over) {
      return;
    }
    if (TrainedModels.isWhole(order.folder().model())) { // it ended before this was recorded
      end(End.FINISHED, "");
      return;
    }
    if (stopping) {
      end(End.STOPPED, "");
      return;
    }
    try {
      var listener = new Listener();
      Trainer.Run started = trainer.start(order, listener);
      run = started;
      desk.after(WATCH, () -> watch(started));
    } catch (IOException e) {
      logger.warn("A trainer could not be started", e);
      end(End.FAILED, "the trainer could not be started: " + e.getMessage());
    }
  }

  private final class Listener implements Trainer.Listener {
    @Override
    public void told(TrainingEvent event) {
      desk.execute(() -> hear(event));
    }

    @Override
    public void ended(int exitCode, String lastWords) {
      desk.execute(() -> died(exitCode, lastWords));
    }
  }

  private void hear(TrainingEvent event) {
    if (event instanceof TrainingEvent.Checkpointed
        || event instanceof TrainingEvent.StageFinished) {
      deaths = 0;
    } else if (event instanceof TrainingEvent.Failed(String message)) {
      failure = message;
    }
    owner.told(event);
  }

  /** Ends a process that takes more memory than it may. */
  private void watch(Trainer.Run watched) {
    if (!watched.equals(run)) {
      return;
    }
    long bytes = watched.memoryBytes();
    if (bytes > config.memoryBytes()) {
      failure =
          "its process took %d MiB of memory (expected: at most %d; a smaller batch or network takes less, training.memory-bytes allows more)"
              .formatted(bytes / MIB, config.memoryBytes() / MIB);
      watched.kill();
      return;
    }
    desk.after(WATCH, () -> watch(watched));
  }

  private void died(int exitCode, String lastWords) {
    run = null;
    String words = lastWords.isEmpty() ? "" : "; its last words: " + lastWords;
    if (TrainedModels.isWhole(order.folder().model())) {
      end(End.FINISHED, "");
    } else if (failure != null) {
      end(End.FAILED, failure);
    } else if (stopping) {
      end(End.STOPPED, "");
    } else if (exitCode == OUT_OF_HEAP) {
      end(
          End.FAILED,
          "its process ran out of Java heap (expected: at most %d MiB; training.heap-bytes allows more)"
              .formatted(config.heapBytes() / MIB));
    } else if (exitCode == BAD_USAGE) {
      end(End.FAILED, "the trainer refused it" + words);
    } else if (++deaths > config.restarts()) {
      end(
          End.FAILED,
          "its process ended %d times without a checkpoint between (exit code %d)%s"
              .formatted(deaths, exitCode, words));
    } else {
      owner.restarts(
          "its process ended (exit code %d)%s; another goes on from the last checkpoint"
              .formatted(exitCode, words));
      desk.after(WAITS[Math.min(deaths, WAITS.length) - 1], this::start);
    }
  }

  /** Asks for a checkpoint and the end; kills what takes too long. */
  void stop() {
    stopping = true;
    Trainer.Run running = run;
    if (running != null) {
      running.stop();
      desk.after(
          STOP_LIMIT,
          () -> {
            if (running.equals(run)) {
              running.kill();
            }
          });
    } else {
      desk.execute(
          () -> {
            if (run == null) { // between two processes
              end(End.STOPPED, "");
            }
          });
    }
  }

  /** Ends it at once, without a checkpoint; nobody is told. */
  void kill() {
    over = true;
    Trainer.Run running = run;
    if (running != null) {
      running.kill();
    }
  }

  private void end(End how, String reason) {
    if (!over) {
      over = true;
      owner.ended(how, reason);
    }
  }
}
