package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph loaded on one device, ready to run: at declared row counts in contexts whose buffers
 * never move, or once at any shapes.
 *
 * <p><b>Ownership:</b> owns the native session and weights; borrows its backend; contexts and
 * results are closed before it.
 *
 * <p><b>Threading:</b> any thread may read, open contexts and run; {@link #close()} once, after
 * every context and result.
 */
public interface Plan extends AutoCloseable {
  /** Inputs in the graph's order. */
  List<TensorSpec> inputs();

  /** Outputs in the graph's order. */
  List<TensorSpec> outputs();

  /**
   * Opens a context with every buffer preallocated and bound.
   *
   * @param shapes dims, all known, of every input that has a dynamic one; also of outputs whose
   *     dims follow from no input; a tensor without dynamic dims may be absent
   * @return the caller closes it, before this plan
   * @throws IllegalArgumentException if a name is unknown, a shape is missing or does not fit the
   *     graph's, or its row count was not requested ({@link PlanRequest#rowProfiles})
   * @throws InferenceException {@code UNSUPPORTED} if this backend cannot run the graph at such
   *     shapes, or an input or output is {@link DataType#BYTES}; {@code OUT_OF_MEMORY} if the
   *     device has no room for its buffers
   */
  @MustBeClosed
  ExecutionContext openContext(Map<String, List<Long>> shapes);

  /**
   * Opens a context for {@code rows} rows of a graph whose inputs are dynamic in the first dim
   * alone.
   *
   * @param rows first dim of every input and output that has a dynamic one; at least 1
   * @return the caller closes it, before this plan
   * @throws IllegalArgumentException if an input has another dynamic dim, or the row count was not
   *     requested ({@link PlanRequest#rowProfiles})
   */
  @MustBeClosed
  default ExecutionContext openContext(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("rows: " + rows + " (expected: >= 1)");
    }
    var shapes = new HashMap<String, List<Long>>();
    for (TensorSpec input : inputs()) {
      shapes.put(input.name(), input.withRows(rows).shape());
    }
    for (TensorSpec output : outputs()) {
      if (output.rowsAlone()) {
        shapes.put(output.name(), output.withRows(rows).shape());
      }
    }
    return openContext(shapes);
  }

  /**
   * Runs the graph once, at the shapes that its inputs happen to have, and waits for it. Beside
   * {@linkplain #openContext contexts}, for graphs of any type and any dims; it allocates, and on a
   * device it would copy.
   *
   * <p>Several threads may run one plan at once; they share its threads.
   *
   * @param inputs every input of the graph once, in any order; borrowed until this method returns.
   *     Native memory is read where it lies if its address is a multiple of the element's size;
   *     else, and from an array, it is copied once
   * @param outputs names of those to give; empty: all, in the graph's order
   * @return the outputs in the library's own memory ({@link DataType#BYTES} copied once); the
   *     caller closes it, before this plan
   * @throws InferenceException {@code INVALID_ARGUMENT} with all that is wrong with names, types,
   *     shapes and byte counts; {@code BACKEND_FAILURE} with the library's own message; {@code
   *     OUT_OF_MEMORY}; {@code UNSUPPORTED} if this backend runs graphs at fixed shapes alone
   */
  @MustBeClosed
  default RunResult run(List<HostTensor> inputs, List<String> outputs) {
    throw new InferenceException(
        ErrorReason.UNSUPPORTED,
        "this backend runs graphs at fixed shapes alone (expected: onnxruntime-cpu)");
  }

  @Override
  void close();
}
