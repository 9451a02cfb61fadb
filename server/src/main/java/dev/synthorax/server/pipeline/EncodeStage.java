package dev.synthorax.server.pipeline;

import dev.synthorax.server.scheduler.Conditioning;
import dev.synthorax.server.scheduler.DutyCycle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The text encoder with its own thread and queue.
 *
 * <p><b>Threading:</b> {@link #submit} from any thread; all else is the stage's thread's.
 */
final class EncodeStage implements AutoCloseable {
  private final PromptEncoder encoder;
  private final DutyCycle loop;
  private final Queue<Generation> inbox = new ConcurrentLinkedQueue<>(); // bounded by admission

  EncodeStage(String name, PromptEncoder encoder) {
    this.encoder = encoder;
    this.loop = new DutyCycle(name, this::doWork);
  }

  void start() {
    loop.start();
  }

  void submit(Generation generation) {
    inbox.add(generation);
    loop.wake();
  }

  private int doWork() {
    Generation generation = inbox.poll();
    if (generation == null) {
      return 0;
    }
    if (!generation.ended()) {
      encode(generation);
    }
    return 1;
  }

  private void encode(Generation generation) {
    GenerationRequest request = generation.request();
    MaskCondition masks = request.masks();
    try {
      generation.condition(
          new Conditioning(
              encoder.encode(request.prompt()),
              encoder.encode(request.negativePrompt()),
              masks == null ? null : masks.channels()));
    } catch (RuntimeException e) { // the stage's top: a request must not wait for ever
      generation.fail(Generation.failure("encoding", e));
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
