package dev.synthorax.server.repository;

import dev.synthorax.server.plain.PlainCall;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.PlainListener;
import dev.synthorax.server.plain.PlainRequest;
import dev.synthorax.server.plain.PlainStatistics;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A model that a request may use.
 *
 * @param description what it takes and gives
 * @param infer hands a request over
 * @param statistics what it did so far
 * @param nanoClock of the request's deadline
 * @param release ends the lease; idempotent, any thread
 */
public record LeasedModel(
    PlainDescription description,
    BiFunction<PlainRequest, PlainListener, PlainCall> infer,
    Supplier<PlainStatistics> statistics,
    LongSupplier nanoClock,
    Runnable release) {

  /** Where models are leased. */
  public interface Source {
    /**
     * A model that takes requests.
     *
     * @param version empty: the latest
     * @throws dev.synthorax.server.failure.ServerException if there is none, or not now
     * @throws dev.synthorax.engine.InferenceException {@code INVALID_ARGUMENT} if it is of another
     *     kind
     */
    LeasedModel acquire(String name, String version);
  }
}
