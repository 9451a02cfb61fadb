package dev.synthorax.server.scheduler;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.List;

/**
 * Denoises where the network runs. The scheduler says which images take a step together; latents,
 * history, text and masks are here.
 *
 * <p><b>Ownership:</b> owns the memory of its slots, all of which are closed before it.
 *
 * <p><b>Threading:</b> one thread, the step loop's; slots may be closed on any.
 *
 * @param <S> what an image starts from and is to show, as this executor reads it
 */
public interface StepExecutor<S> {
  /** Rows that fit in one step, and what they run at. */
  RowCounts rowCounts();

  /**
   * Opens a slot at the start of an image.
   *
   * @param start borrowed until the slot is closed
   * @return the caller closes it
   * @throws dev.synthorax.engine.InferenceException {@code OUT_OF_MEMORY} if the device has no room
   */
  @MustBeClosed
  LatentSlot open(S start);

  /** Most slots that can be open at a time; at least 1. The step loop opens no more. */
  int slots();

  /**
   * Enqueues one step: predicts, guides and moves every slot's latents. Steps are done in the order
   * in which they were enqueued, one that failed included; each is awaited once, in that order, and
   * at most two are under way. A slot is closed after the last of its steps was awaited.
   *
   * @param rows distinct slots of this executor, of at most {@link RowCounts#max} network rows
   * @return what to wait for, {@link StepRun#DONE} where there is nothing; where it or this call
   *     throws, these images have failed, and their slots may be closed
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}; {@code DEVICE_LOST} if
   *     no later step can be done either
   */
  StepRun step(List<StepRow> rows);
}
