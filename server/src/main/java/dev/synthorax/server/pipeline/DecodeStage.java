package dev.synthorax.server.pipeline;

import dev.synthorax.server.scheduler.LatentSlot;
import dev.synthorax.server.scheduler.Stage;
import dev.synthorax.server.scheduler.StepCost;
import dev.synthorax.server.scheduler.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Decodes images on a thread of its own, so that decoding does not hold up steps. */
final class DecodeStage implements Stage.Worker<DecodeStage.Task> {
  private final LatentDecoder decoder;
  private final StepCost cost;
  private final LongSupplier nanoClock;

  /**
   * An image to decode.
   *
   * @param slot its final latents; the stage closes it
   * @param denoisedNanos when its last step ended
   */
  record Task(Generation generation, Trajectory trajectory, LatentSlot slot, long denoisedNanos) {
    boolean dead() {
      return generation.ended() || trajectory.cancelled();
    }
  }

  DecodeStage(LatentDecoder decoder, StepCost cost, LongSupplier nanoClock) {
    this.decoder = decoder;
    this.cost = cost;
    this.nanoClock = nanoClock;
  }

  @Override
  public boolean work(List<Task> arrived) {
    var batch = new ArrayList<Task>(arrived.size());
    for (Task task : arrived) {
      if (task.dead()) {
        task.slot().close();
      } else {
        batch.add(task);
      }
    }
    if (!batch.isEmpty()) {
      decode(batch);
    }
    return false;
  }

  private void decode(List<Task> batch) {
    long startNanos = nanoClock.getAsLong();
    List<DecodedImage> images =
        decoder.decode(
            batch.stream().map(Task::slot).toList(),
            batch.stream().map(task -> task.generation().pixels()).toList());
    for (Task task : batch) {
      task.slot().close();
    }
    for (int i = 0; i < images.size(); i++) {
      batch.get(i).generation().decoded(batch.get(i), images.get(i));
    }
    cost.observeDecode((nanoClock.getAsLong() - startNanos) / batch.size());
  }

  @Override
  public void fail(Task task, RuntimeException failure) {
    task.slot().close();
    task.generation().fail(failure);
  }
}
