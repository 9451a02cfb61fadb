package dev.synthorax.training.stage;

import dev.synthorax.files.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a stage is given.
 *
 * @param session of the run that the stage belongs to
 * @param stage its name
 * @param identity of its results
 */
public record StageRun(Session session, String stage, Identity identity) {
  /**
   * What all stages of a run share.
   *
   * @param work everything between
   * @param samples what is learned from
   * @param seed decides everything random
   * @param stop asked before every step
   * @param events hears of the progress
   */
  public record Session(
      WorkFolder work,
      Samples samples,
      long seed,
      BooleanSupplier stop,
      Consumer<TrainingEvent> events,
      Pace pace) {}

  /** What the run learns from. */
  public Samples samples() {
    return session.samples();
  }

  /** Decides everything random. */
  public long seed() {
    return session.seed();
  }

  /** A file that an earlier stage has written. */
  public Path result(String earlier, String file) {
    return session.work().result(earlier).resolve(file);
  }

  /** Publishes the results: the end of the stage. */
  public void finish(AtomicFiles.FolderContent results) throws IOException {
    session.work().finish(stage, identity, results);
  }

  /**
   * Shows what was learned so far, in place of what the stage has shown before.
   *
   * @param width pixels of a row of the sheet
   * @param height pixels of a column of it
   * @param columns images beside each other
   * @param grey {@code width x height} bytes, row by row
   */
  public void show(long step, int width, int height, int columns, byte[] grey) throws IOException {
    AtomicFiles.write(session.work().pictures(stage), grey);
    tell(
        new TrainingEvent.Pictures(
            stage, step, width, height, columns, session.work().picturesName(stage)));
  }

  /** Whether the run was told to stop. */
  public boolean stopped() {
    return session.stop().getAsBoolean();
  }

  /** Tells of the progress. */
  public void tell(TrainingEvent event) {
    session.events().accept(event);
  }
}
