package dev.synthorax.training;

/** Hears how a training run gets on. */
@FunctionalInterface
public interface TrainingListener {
  /**
   * Called every few seconds.
   *
   * @param stage short name of what is being trained
   * @param step steps done
   * @param steps steps in all
   * @param loss mean since the last call
   * @param samplesPerSecond mean since the last call
   */
  void progress(String stage, long step, long steps, double loss, double samplesPerSecond);
}
