package dev.synthorax.server.plain;

import dev.synthorax.engine.HostTensor;
import java.util.List;

/**
 * Runs a model on requests together: inputs in, the network, outputs out, and again.
 *
 * <p><b>Ownership:</b> borrows its plan; what it opens for a run it keeps or frees in {@link
 * #finish}.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
interface BatchRunner extends AutoCloseable {
  /**
   * Takes the inputs.
   *
   * @param rows of all requests together
   */
  void load(List<CheckedRequest> batch, int rows);

  /** Runs the network on what was loaded, and waits for it. */
  void compute();

  /**
   * Copies the outputs of one request, which are its own from then on.
   *
   * @param firstRow of its rows within the batch
   */
  List<HostTensor> unload(CheckedRequest request, int firstRow);

  /** Ends a run, whether it failed or not. */
  void finish();

  @Override
  void close();
}
