package dev.synthorax.server.pipeline;

import dev.synthorax.server.config.Unconditional;
import dev.synthorax.server.scheduler.Conditioning;
import dev.synthorax.server.scheduler.DutyCycle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The text encoder with its own thread and queue.
 *
 * <p><b>Threading:</b> {@link #submit} from any thread; all else is the stage's thread's.
 */
final class EncodeStage implements AutoCloseable {
  private final PromptEncoder encoder;
  private final Unconditional unconditional;
  private final DutyCycle loop;
  private final Queue<Generation> inbox = new ConcurrentLinkedQueue<>(); // bounded by admission

  EncodeStage(String name, PromptEncoder encoder, Unconditional unconditional) {
    this.encoder = encoder;
    this.unconditional = unconditional;
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
    float[] channels = masks == null ? null : masks.channels();
    try {
      generation.condition(
          new Conditioning(
              encode(request.prompt()),
              encode(request.negativePrompt()),
              channels,
              request.controlRows(unconditional) == 2 ? channels : null));
    } catch (RuntimeException e) { // the stage's top: a request must not wait for ever
      generation.fail(Generation.failure("encoding", e));
    }
  }

  private float @Nullable [] encode(String prompt) {
    boolean zero = prompt.isEmpty() && unconditional == Unconditional.ZERO;
    return zero ? null : encoder.encode(prompt);
  }

  @Override
  public void close() {
    loop.close();
  }
}
