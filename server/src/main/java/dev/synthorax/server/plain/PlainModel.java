package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.function.LongSupplier;

/**
 * One version of an ONNX model that takes requests.
 *
 * <p><b>Ownership:</b> owns its plans and threads; closed once nobody uses it.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close()} waits for what runs.
 */
public final class PlainModel implements AutoCloseable {
  private final PlainDescription description;
  private final LongSupplier nanoClock;

  PlainModel(PlainDescription description, LongSupplier nanoClock) {
    this.description = requireNonNull(description, "description");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
  }

  /** What it takes and gives. */
  public PlainDescription description() {
    return description;
  }

  /** The clock of {@link PlainRequest#deadlineNanos}. */
  public long nanoTime() {
    return nanoClock.getAsLong();
  }

  /**
   * Hands a request over; never waits for room or for the answer.
   *
   * @param listener told once what became of it, refusals included
   */
  public PlainCall infer(PlainRequest request, PlainListener listener) {
    throw new InferenceException(ErrorReason.UNSUPPORTED, "plain models do not run yet");
  }

  /** What it did so far. */
  public PlainStatistics statistics() {
    var none = PlainStatistics.Tally.NONE;
    return new PlainStatistics(
        0,
        0,
        0,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        java.util.List.of(),
        new PlainStatistics.Failures(0, 0, 0, 0),
        0);
  }

  /** Fails what waits, waits for what runs, and frees everything. */
  @Override
  public void close() {}
}
