package dev.synthorax.server.inference;

import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.server.failure.ServerException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came.
 *
 * <p><b>Ownership:</b> owns {@code memory}; whoever has the request closes it.
 *
 * @param fields all but the raw contents
 * @param rawContents of the inputs, in their order; until this is closed
 * @param memory that large contents lie in, and that what is made of the request may take more of
 * @param refusal why the contents were not kept; null where they were
 */
record WireRequest(
    ModelInferRequest fields,
    List<MemorySegment> rawContents,
    TensorMemory.Loan memory,
    @Nullable ServerException refusal)
    implements AutoCloseable {
  WireRequest {
    rawContents = List.copyOf(rawContents);
  }

  /** Idempotent; any thread. */
  @Override
  public void close() {
    memory.close();
  }
}
