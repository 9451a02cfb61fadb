package dev.synthorax.server.pipeline;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.server.scheduler.DutyCycle;
import dev.synthorax.server.scheduler.StepCost;
import dev.synthorax.server.scheduler.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * The decoder with its own thread and queue, so that decoding does not hold up steps.
 *
 * <p><b>Threading:</b> {@link #submit} from any thread; all else is the stage's thread's.
 */
final class DecodeStage implements AutoCloseable {
  private final LatentDecoder decoder;
  private final StepCost cost;
  private final LongSupplier nanoClock;
  private final int width;
  private final int height;
  private final DutyCycle loop;
  private final Queue<Task> inbox = new ConcurrentLinkedQueue<>(); // bounded by admission

  /**
   * An image to decode.
   *
   * @param denoisedNanos when its last step ended
   */
  record Task(Generation generation, Trajectory trajectory, long denoisedNanos) {
    boolean dead() {
      return generation.ended() || trajectory.cancelled();
    }
  }

  DecodeStage(
      String name,
      LatentDecoder decoder,
      StepCost cost,
      LongSupplier nanoClock,
      int width,
      int height) {
    this.decoder = decoder;
    this.cost = cost;
    this.nanoClock = nanoClock;
    this.width = width;
    this.height = height;
    this.loop = new DutyCycle(name, this::doWork);
  }

  void start() {
    loop.start();
  }

  void submit(Task task) {
    inbox.add(task);
    loop.wake();
  }

  /** Decodes what waits, up to one batch; returns the images decoded. */
  private int doWork() {
    var batch = new ArrayList<Task>();
    while (batch.size() < decoder.maxRows()) {
      Task task = inbox.poll();
      if (task == null) {
        break;
      }
      if (!task.dead()) {
        batch.add(task);
      }
    }
    if (!batch.isEmpty()) {
      decode(batch);
    }
    return batch.size();
  }

  private void decode(List<Task> batch) {
    long startNanos = nanoClock.getAsLong();
    List<float[]> images;
    try {
      images = decoder.decode(batch.stream().map(task -> task.trajectory().latents()).toList());
    } catch (RuntimeException e) { // the stage's top: a request must not wait for ever
      InferenceException failure = Generation.failure("decoding", e);
      batch.forEach(task -> task.generation().fail(failure));
      return;
    }
    for (int i = 0; i < images.size(); i++) {
      Task task = batch.get(i);
      task.generation().decoded(task, images.get(i), width, height);
    }
    cost.observeDecode((nanoClock.getAsLong() - startNanos) / batch.size());
  }

  @Override
  public void close() {
    loop.close();
  }
}
