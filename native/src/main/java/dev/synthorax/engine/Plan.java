package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.List;

/**
 * A graph loaded on one device, ready to run at any declared row count.
 *
 * <p><b>Ownership:</b> owns the native session and weights; borrows its backend; contexts are
 * closed before it.
 *
 * <p><b>Threading:</b> any thread may read and open contexts; {@link #close()} once, after every
 * context.
 */
public interface Plan extends AutoCloseable {
  /** Inputs in the graph's order. */
  List<TensorSpec> inputs();

  /** Outputs in the graph's order. */
  List<TensorSpec> outputs();

  /**
   * Opens a context with every buffer preallocated and bound for {@code rows} rows.
   *
   * @param rows first dim of every dynamic input and output; at least 1
   * @return the caller closes it, before this plan
   */
  @MustBeClosed
  ExecutionContext openContext(int rows);

  @Override
  void close();
}
