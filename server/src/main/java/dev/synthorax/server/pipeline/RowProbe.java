package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.files.Sha256;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check at load that a row's result does not depend on its company: every declared row count
 * runs once with every position taken, each row moved by one position against the reference, and
 * each output row must have the reference's bits. On the processor a count that differs is not
 * used; on a GPU, whose libraries choose their arithmetic by the count, it is used and said once.
 * On the way the probe measures two row counts.
 */
final class RowProbe {
  private static final Logger logger = LoggerFactory.getLogger(RowProbe.class);
  private static final int REFERENCE_ROWS = 2;
  private static final String TIMESTEP = "timestep";

  private final String network;
  private final Plan plan;
  private final RowContexts contexts;
  private final DeviceLane lane;
  private final LongSupplier nanoClock;
  private final Map<Integer, Double> nanos = new TreeMap<>();

  private RowProbe(
      String network, Plan plan, RowContexts contexts, DeviceLane lane, LongSupplier nanoClock) {
    this.network = network;
    this.plan = plan;
    this.contexts = contexts;
    this.lane = lane;
    this.nanoClock = nanoClock;
  }

  /**
   * What the probe found.
   *
   * @param rowCounts counts to be used, ascending; never empty
   * @param nanos time of one run at the two measured counts
   */
  record Result(List<Integer> rowCounts, Map<Integer, Double> nanos) {}

  /**
   * Probes one network; contexts that are not to be used are closed.
   *
   * @param plan inputs and outputs are floating-point numbers
   * @throws InferenceException {@code MODEL_FAILED} if an output is not finite, {@code
   *     BACKEND_FAILURE} from the run
   */
  static Result probe(
      String network, Plan plan, RowContexts contexts, DeviceLane lane, LongSupplier nanoClock) {
    return new RowProbe(network, plan, contexts, lane, nanoClock).probe();
  }

  private Result probe() {
    var counts = contexts.counts();
    int reference = counts.contains(REFERENCE_ROWS) ? REFERENCE_ROWS : counts.getFirst();
    List<String> expected = referenceRows(reference, counts.getLast());
    var differing = new ArrayList<Integer>();
    for (int count : counts) {
      ExecutionContext context = contexts.atLeast(count);
      run(context, 1, expected.size());
      if (!matches(context, expected)) {
        differing.add(count);
      }
    }
    List<Integer> used = lane.runsAtOnce() ? withoutThose(differing, counts, reference) : counts;
    if (!differing.isEmpty()) {
      tell(differing, used);
    }
    contexts.retain(used);
    run(contexts.atLeast(used.getLast()), 0, expected.size()); // warm by now: the measured run
    nanos.keySet().retainAll(List.of(reference, used.getLast()));
    lane.dropStaging();
    return new Result(used, Map.copyOf(nanos));
  }

  private static List<Integer> withoutThose(
      List<Integer> differing, List<Integer> counts, int reference) {
    List<Integer> left = counts.stream().filter(count -> !differing.contains(count)).toList();
    // No count is free of company: keep to one, so that at least the count does not vary.
    return left.isEmpty() ? List.of(reference) : left;
  }

  private void tell(List<Integer> differing, List<Integer> used) {
    var log =
        (used.containsAll(differing) ? logger.atInfo() : logger.atWarn())
            .addKeyValue("network", network)
            .addKeyValue("rows", differing);
    log.log(
        used.containsAll(differing)
            ? "A row's result depends on its company at these row counts, in its last bits; pixels"
                + " may differ by a grey level"
            : "A row's result depends on its company at these row counts; they are not used");
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
      digests.addAll(digests(context, true));
    }
    return digests;
  }

  private boolean matches(ExecutionContext context, List<String> expected) {
    List<String> digests = digests(context, false);
    for (int row = 0; row < digests.size(); row++) {
      if (!digests.get(row).equals(expected.get((row + 1) % expected.size()))) {
        return false;
      }
    }
    return true;
  }

  /** Runs with content {@code (row + shift) % contents} in each row and keeps the shortest time. */
  private void run(ExecutionContext context, int shift, int contents) {
    for (TensorSpec input : plan.inputs()) {
      requireFloat(input);
      int elements = Math.toIntExact(input.withRows(1).elements());
      lane.write(
          context.buffer(input.name()),
          memory -> {
            for (int row = 0; row < context.rows(); row++) {
              fill(input, (row + shift) % contents, memory, (long) row * elements, elements);
            }
          });
    }
    lane.stream().synchronize();
    long startNanos = nanoClock.getAsLong();
    context.enqueue(lane.stream());
    lane.stream().synchronize();
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

  /** A digest of each row's outputs, which have to be finite where that is asked for. */
  private List<String> digests(ExecutionContext context, boolean finite) {
    var digests = Stream.generate(Sha256::digest).limit(context.rows()).toList();
    for (TensorSpec output : plan.outputs()) {
      requireFloat(output);
      MemorySegment numbers = lane.read(context.buffer(output.name()));
      if (finite) {
        requireFinite(output.dataType(), numbers);
      }
      long bytes = output.withRows(1).byteSize();
      for (int row = 0; row < digests.size(); row++) {
        digests.get(row).update(numbers.asSlice(row * bytes, bytes).asByteBuffer());
      }
    }
    return digests.stream().map(Sha256::hex).toList();
  }

  private void requireFinite(DataType type, MemorySegment numbers) {
    for (long i = 0; i < numbers.byteSize() / type.bytes(); i++) {
      if (!Float.isFinite(type.getFloat(numbers, i))) {
        throw new InferenceException(
            ErrorReason.MODEL_FAILED,
            network
                + ": its output is not finite (expected: finite numbers; the weights are broken, or"
                + " the precision is too low for them)");
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
