package dev.synthorax.server.repository;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to use a model: it stays open, whatever becomes of its version, until the lease ends.
 *
 * <p><b>Ownership:</b> whoever acquired it closes it, once its requests are done.
 *
 * <p><b>Threading:</b> any thread, one of the model's own included; nothing blocks.
 *
 * @param <M> kind of model
 */
public final class Lease<M extends ServedModel> implements AutoCloseable {
  private final M model;
  private final Runnable release;
  private final AtomicBoolean ended = new AtomicBoolean();

  Lease(M model, Runnable release) {
    this.model = model;
    this.release = release;
  }

  /**
   * The model.
   *
   * @throws IllegalStateException once the lease has ended
   */
  public M model() {
    if (ended.get()) {
      throw new IllegalStateException("Lease is closed");
    }
    return model;
  }

  /** Ends the lease. Idempotent. */
  @Override
  public void close() {
    if (ended.compareAndSet(false, true)) {
      release.run();
    }
  }
}
