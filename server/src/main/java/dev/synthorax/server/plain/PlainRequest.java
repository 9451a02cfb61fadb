package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.HostTensor;
import java.util.List;

/**
 * What a model is asked for.
 *
 * @param id the client's own name for it; may be empty
 * @param inputs in any order; their bytes stay as they are until the listener was told
 * @param outputs names of what is wanted, in the order of the answer; empty: all
 * @param priority level, 1 the most urgent; 0, and what lies above the model's levels: its default
 * @param queueTimeoutMicros longest time in the queue where the model lets requests say so; 0: the
 *     model's own
 * @param deadlineNanos when the answer is of no use any more, on {@link PlainModel#nanoTime};
 *     {@link #NO_DEADLINE} for never
 * @param tenant who asks; may be empty
 */
public record PlainRequest(
    String id,
    List<HostTensor> inputs,
    List<String> outputs,
    long priority,
    long queueTimeoutMicros,
    long deadlineNanos,
    String tenant) {
  /** No deadline. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  /** Checks and copies. */
  public PlainRequest {
    requireNonNull(id, "id");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    requireNonNull(tenant, "tenant");
  }
}
