package dev.synthorax.engine;

/**
 * Told while a plan is made, where that takes long.
 *
 * <p><b>Threading:</b> told on any thread; must not block.
 */
@FunctionalInterface
public interface PlanProgress {
  /** Tells nobody. */
  PlanProgress NONE = _ -> {};

  /**
   * How far it is.
   *
   * @param sentence for people, such as {@code unet.onnx is compiled for GPU 0 (90 s so far)}
   */
  void report(String sentence);
}
