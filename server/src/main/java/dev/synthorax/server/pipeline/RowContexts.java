package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * One network at every row count it may run at.
 *
 * <p><b>Ownership:</b> owns its contexts; borrows the plan, closed after this.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class RowContexts implements AutoCloseable {
  private final NavigableMap<Integer, ExecutionContext> byRows = new TreeMap<>();

  /** Opens a context for each count. */
  @MustBeClosed
  @SuppressWarnings(
      "MustBeClosed") // contexts are closed in close(), or here where one does not open
  RowContexts(Plan plan, List<Integer> counts) {
    try {
      for (int count : counts) {
        byRows.put(count, plan.openContext(count));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Counts in use, ascending. */
  List<Integer> counts() {
    return List.copyOf(byRows.keySet());
  }

  int maxRows() {
    return byRows.lastKey();
  }

  /** The least count that holds {@code rows} rows; 0 for none. */
  int padded(int rows) {
    return rows == 0 ? 0 : atLeast(rows).rows();
  }

  /**
   * The context of the least count that holds {@code rows} rows.
   *
   * @throws IllegalArgumentException if no count does
   */
  ExecutionContext atLeast(int rows) {
    Map.Entry<Integer, ExecutionContext> entry = byRows.ceilingEntry(rows);
    if (entry == null) {
      throw new IllegalArgumentException(
          "rows: " + rows + " (expected: at most " + maxRows() + ")");
    }
    return entry.getValue();
  }

  /** Closes and forgets the counts that are not among {@code counts}. */
  void retain(List<Integer> counts) {
    for (var open = byRows.entrySet().iterator(); open.hasNext(); ) {
      var entry = open.next();
      if (!counts.contains(entry.getKey())) {
        entry.getValue().close(); // before removal, which may move another entry into this one
        open.remove();
      }
    }
  }

  @Override
  public void close() {
    byRows.values().forEach(ExecutionContext::close);
    byRows.clear();
  }
}
