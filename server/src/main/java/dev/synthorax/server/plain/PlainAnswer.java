package dev.synthorax.server.plain;

import dev.synthorax.engine.HostTensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a model answered.
 *
 * <p><b>Ownership:</b> owns the bytes of its tensors and their share of the server's memory, both
 * until it is closed; whoever is given it closes it.
 *
 * <p><b>Threading:</b> any thread, {@link #close()} included.
 */
public final class PlainAnswer implements AutoCloseable {
  private final List<HostTensor> outputs;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * An answer.
   *
   * @param release frees what the tensors lie in; run once
   */
  PlainAnswer(List<HostTensor> outputs, Runnable release) {
    this.outputs = List.copyOf(outputs);
    this.release = release;
  }

  /**
   * The outputs in the order in which they were asked for, or else the model's; their bytes are
   * valid until this is closed.
   *
   * @throws IllegalStateException once it is closed
   */
  public List<HostTensor> outputs() {
    if (closed.get()) {
      throw new IllegalStateException("PlainAnswer is closed");
    }
    return outputs;
  }

  /** Gives the bytes back. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
