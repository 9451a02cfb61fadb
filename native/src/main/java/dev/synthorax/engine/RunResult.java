package dev.synthorax.engine;

import java.util.List;

/**
 * What one {@linkplain Plan#run run} of a graph gave, where the library put it.
 *
 * <p><b>Ownership:</b> owns the outputs' memory; closed before its plan. Their segments end with
 * it: a later read throws {@link IllegalStateException}.
 *
 * <p><b>Threading:</b> any thread may read; {@link #close()} from any, when no other reads.
 */
public interface RunResult extends AutoCloseable {
  /** The outputs asked for, in the order asked; every dim known. */
  List<HostTensor> outputs();

  @Override
  void close();
}
