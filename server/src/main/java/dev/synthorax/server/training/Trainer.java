package dev.synthorax.server.training;

import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs jobs in processes of their own. */
interface Trainer {
  /**
   * What to run.
   *
   * @param recipe its name
   * @param samples with their weights
   * @param models folders by role
   * @param folder of the job
   * @param threads to compute with
   */
  record Order(
      String recipe,
      List<SampleSource> samples,
      Map<String, Path> models,
      JobFolder folder,
      int threads) {}

  /** Hears of a process, on any thread. */
  interface Listener {
    /** It told something. */
    void told(TrainingEvent event);

    /**
     * It has ended; the last call.
     *
     * @param exitCode as the system tells it
     * @param lastWords the end of its standard error, one line; may be empty
     */
    void ended(int exitCode, String lastWords);
  }

  /** A process that was started. */
  interface Run {
    /** Asks it to write a checkpoint and end. */
    void stop();

    /** Ends it at once. */
    void kill();

    /** Bytes of memory that are its own; -1 where the system does not tell. */
    long memoryBytes();
  }

  /**
   * Starts a process.
   *
   * @throws IOException if it cannot be started
   */
  Run start(Order order, Listener listener) throws IOException;

  /**
   * Whether a process that another server started for this job still lives.
   *
   * @param kill ends it if so
   */
  boolean outlives(JobFolder folder, boolean kill);
}
