package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.files.Sha256;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check at load that a row's result does not depend on its company: every declared row count
 * runs once with every position taken, each row moved by one position against the reference, and
 * each output row must have the reference's bits. On the way it measures two row counts.
 */
final class RowProbe {
  private static final Logger logger = LoggerFactory.getLogger(RowProbe.class);
  private static final int REFERENCE_ROWS = 2;
  private static final String TIMESTEP = "timestep";

  private final String network;
  private final Plan plan;
  private final RowContexts contexts;
  private final DeviceStream stream;
  private final LongSupplier nanoClock;
  private final Map<Integer, Double> nanos = new TreeMap<>();

  private RowProbe(
      String network,
      Plan plan,
      RowContexts contexts,
      DeviceStream stream,
      LongSupplier nanoClock) {
    this.network = network;
    this.plan = plan;
    this.contexts = contexts;
    this.stream = stream;
    this.nanoClock = nanoClock;
  }

  /**
   * What the probe found.
   *
   * @param rowCounts counts that passed, ascending; never empty
   * @param nanos time of one run at the two measured counts
   */
  record Result(List<Integer> rowCounts, Map<Integer, Double> nanos) {}

  /**
   * Probes one network; contexts that failed are closed.
   *
   * @param plan inputs and outputs are floating-point numbers
   * @throws InferenceException {@code MODEL_FAILED} if an output is not finite, {@code
   *     BACKEND_FAILURE} from the run
   */
  static Result probe(
      String network,
      Plan plan,
      RowContexts contexts,
      DeviceStream stream,
      LongSupplier nanoClock) {
    return new RowProbe(network, plan, contexts, stream, nanoClock).probe();
  }

  private Result probe() {
    var counts = contexts.counts();
    int reference = counts.contains(REFERENCE_ROWS) ? REFERENCE_ROWS : counts.getFirst();
    List<String> expected = referenceRows(reference, counts.getLast());
    var passed = new ArrayList<Integer>();
    for (int count : counts) {
      ExecutionContext context = contexts.atLeast(count);
      run(context, 1, expected.size());
      if (matches(context, expected)) {
        passed.add(count);
      } else {
        logger
            .atWarn()
            .addKeyValue("network", network)
            .addKeyValue("rows", count)
            .log("A row's result depends on its company at this row count; it is not used");
      }
    }
    if (passed.isEmpty()) {
      passed.add(
          reference); // no count is free of company: keep to one, so that at least the count does
      // not vary
    }
    contexts.retain(passed);
    run(contexts.atLeast(passed.getLast()), 0, expected.size()); // warm by now: the measured run
    nanos.keySet().retainAll(List.of(reference, passed.getLast()));
    return new Result(List.copyOf(passed), Map.copyOf(nanos));
  }

  /**
   * Digests of the results of contents {@code 0 .. contents - 1}, each computed at the reference
   * count.
   */
  private List<String> referenceRows(int reference, int maxRows) {
    ExecutionContext context = contexts.atLeast(reference);
    var digests = new ArrayList<String>();
    while (digests.size() < maxRows) {
      run(context, digests.size(), Integer.MAX_VALUE);
      requireFinite(context);
      for (int row = 0; row < reference; row++) {
        digests.add(digest(context, row));
      }
    }
    return digests;
  }

  private boolean matches(ExecutionContext context, List<String> expected) {
    for (int row = 0; row < context.rows(); row++) {
      if (!digest(context, row).equals(expected.get((row + 1) % expected.size()))) {
        return false;
      }
    }
    return true;
  }

  /** Runs with content {@code (row + shift) % contents} in each row and keeps the shortest time. */
  private void run(ExecutionContext context, int shift, int contents) {
    for (TensorSpec input : plan.inputs()) {
      requireFloat(input);
      MemorySegment buffer = context.buffer(input.name()).host();
      int elements = Math.toIntExact(input.withRows(1).elements());
      for (int row = 0; row < context.rows(); row++) {
        fill(input, (row + shift) % contents, buffer, (long) row * elements, elements);
      }
    }
    long startNanos = nanoClock.getAsLong();
    context.enqueue(stream);
    nanos.merge(context.rows(), (double) (nanoClock.getAsLong() - startNanos), Math::min);
  }

  private static void fill(
      TensorSpec input, int content, MemorySegment buffer, long start, int elements) {
    var random = new SplittableRandom(31L * input.name().hashCode() + content);
    for (int i = 0; i < elements; i++) {
      float value =
          input.name().equals(TIMESTEP)
              ? random.nextInt(1, 1000)
              : 2 * (float) random.nextDouble() - 1;
      input.dataType().setFloat(buffer, start + i, value);
    }
  }

  private String digest(ExecutionContext context, int row) {
    MessageDigest digest = Sha256.digest();
    for (TensorSpec output : plan.outputs()) {
      long bytes = output.withRows(1).byteSize();
      digest.update(
          context.buffer(output.name()).host().asSlice(row * bytes, bytes).asByteBuffer());
    }
    return Sha256.hex(digest);
  }

  private void requireFinite(ExecutionContext context) {
    for (TensorSpec output : plan.outputs()) {
      requireFloat(output);
      MemorySegment buffer = context.buffer(output.name()).host();
      DataType type = output.dataType();
      long elements = output.withRows(context.rows()).elements();
      for (long i = 0; i < elements; i++) {
        if (!Float.isFinite(type.getFloat(buffer, i))) {
          throw new InferenceException(
              ErrorReason.MODEL_FAILED,
              network
                  + ": its output is not finite (expected: finite numbers; the weights are"
                  + " broken)");
        }
      }
    }
  }

  private void requireFloat(TensorSpec spec) {
    if (!spec.dataType().isFloat()) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          network
              + ": "
              + spec.name()
              + " is "
              + spec.dataType()
              + " (expected: floating-point numbers)");
    }
  }
}
