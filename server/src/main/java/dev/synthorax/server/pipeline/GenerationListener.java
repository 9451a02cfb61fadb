package dev.synthorax.server.pipeline;

import dev.synthorax.server.scheduler.Admission;
import java.time.Duration;
import java.util.List;

/**
 * What is told about a request: {@link #queued} first, then progress and images, then {@link
 * #completed} or {@link #failed}, unless it was cancelled.
 *
 * <p><b>Threading:</b> called from the stages' threads, one call after another is not promised;
 * returns at once. Where it throws, its request has failed and {@link #failed} is the last call.
 */
public interface GenerationListener {
  /**
   * It is in; before any other call.
   *
   * @param warnings what a person should know about the request; one sentence each
   */
  void queued(Admission.Queued admission, List<String> warnings);

  /** Steps went on; at most a few times a second. */
  void progress(Progress progress);

  /** An image is finished; in the order in which they finish. */
  void image(GeneratedImage image);

  /** Every image was told; the last call. */
  void completed();

  /**
   * It ended early; the last call.
   *
   * @param failure an {@link dev.synthorax.engine.InferenceException} or a {@link
   *     dev.synthorax.server.failure.ServerException}
   */
  void failed(RuntimeException failure);

  /**
   * How far a request is.
   *
   * @param stepsDone denoising steps done over all its images
   * @param stepsTotal of so many
   * @param imagesDone images finished
   * @param eta expected time until the last image
   */
  record Progress(int stepsDone, int stepsTotal, int imagesDone, Duration eta) {}
}
