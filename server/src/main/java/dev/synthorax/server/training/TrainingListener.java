package dev.synthorax.server.training;

import java.util.SequencedMap;

/**
 * Hears what happens to a job.
 *
 * <p><b>Threading:</b> called on the thread that owns training; returns at once.
 */
public interface TrainingListener {
  /** The job as it stands: first of all, and when its state or stage changes. */
  void changed(TrainingStatus status);

  /** It went on. */
  void progressed(TrainingStatus.Progress progress);

  /** Figures on held-out samples. */
  void measured(String stage, long step, SequencedMap<String, Double> values);

  /**
   * A contact sheet.
   *
   * @param png 8-bit grey; never changed
   */
  void drew(String stage, long step, byte[] png, int columns);

  /** Something people should know that stops nothing, one sentence. */
  void noted(String sentence);

  /** The job has ended; the last call. */
  void ended();
}
