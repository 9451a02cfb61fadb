package dev.synthorax.server.scheduler;

/**
 * A step under way on its device.
 *
 * <p><b>Threading:</b> the thread of the step loop.
 */
@FunctionalInterface
public interface StepRun {
  /** A step that was done before its call returned, as on the processor. */
  StepRun DONE = () -> {};

  /**
   * Blocks until the step is done; its slots' latents are then final for this step.
   *
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE} if it failed, {@code
   *     DEVICE_LOST} if those behind it have failed too
   */
  void await();
}
