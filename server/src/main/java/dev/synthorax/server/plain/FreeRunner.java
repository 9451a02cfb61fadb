package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.RunResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs graphs of any dims and types: one request as it lies, several joined row by row first. */
final class FreeRunner implements BatchRunner {
  private static final int ALIGNMENT = 64;

  private final Plan plan;
  private final boolean batches;
  private List<HostTensor> inputs = List.of();
  private List<String> outputs = List.of();
  private int rows;
  private @Nullable Arena arena; // of joined inputs
  private @Nullable RunResult result;

  /**
   * On a plan, which is borrowed.
   *
   * @param batches whether the first dim is the batch's
   */
  FreeRunner(Plan plan, boolean batches) {
    this.plan = plan;
    this.batches = batches;
  }

  @Override
  public void load(List<CheckedRequest> batch, int allRows) {
    rows = allRows;
    var wanted = new LinkedHashSet<String>();
    batch.forEach(request -> wanted.addAll(request.outputs()));
    outputs = List.copyOf(wanted);
    inputs = batch.size() == 1 ? batch.getFirst().inputs() : joined(batch);
  }

  @SuppressWarnings("MustBeClosed") // closed in finish()
  private List<HostTensor> joined(List<CheckedRequest> batch) {
    Arena memory = Arena.ofConfined();
    arena = memory;
    var all = new ArrayList<HostTensor>();
    for (int input = 0; input < batch.getFirst().inputs().size(); input++) {
      HostTensor first = batch.getFirst().inputs().get(input);
      long bytes = 0;
      for (CheckedRequest request : batch) {
        bytes += request.inputs().get(input).bytes().byteSize();
      }
      MemorySegment to = memory.allocate(bytes, ALIGNMENT);
      long at = 0;
      for (CheckedRequest request : batch) {
        MemorySegment from = request.inputs().get(input).bytes();
        MemorySegment.copy(from, 0, to, at, from.byteSize());
        at += from.byteSize();
      }
      all.add(
          new HostTensor(
              first.name(), first.dataType(), AnswerBytes.withRows(first.shape(), rows), to));
    }
    return all;
  }

  @Override
  @SuppressWarnings("MustBeClosed") // closed in finish()
  public void compute() {
    result = plan.run(inputs, outputs);
  }

  @Override
  public List<HostTensor> unload(CheckedRequest request, int firstRow) {
    var own = new ArrayList<HostTensor>(request.outputs().size());
    for (String name : request.outputs()) {
      HostTensor whole = requireNonNull(result, "result").outputs().get(outputs.indexOf(name));
      own.add(
          request.rows() == rows
              ? of(whole, whole.shape(), whole.bytes())
              : of(
                  whole,
                  AnswerBytes.withRows(whole.shape(), request.rows()),
                  rows(whole, firstRow, request.rows())));
    }
    return own;
  }

  private static HostTensor of(HostTensor whole, List<Long> shape, MemorySegment bytes) {
    return new HostTensor(whole.name(), whole.dataType(), shape, AnswerBytes.copy(bytes));
  }

  private MemorySegment rows(HostTensor whole, int first, int count) {
    if (!batches || whole.shape().isEmpty() || whole.shape().getFirst() != rows) {
      throw new InferenceException(
          ErrorReason.BACKEND_FAILURE,
          "output %s: shape %s (expected: %d rows; the model cannot be batched)"
              .formatted(whole.name(), whole.shape(), rows));
    }
    MemorySegment bytes = whole.bytes();
    if (whole.dataType() != DataType.BYTES) {
      long rowBytes = bytes.byteSize() / rows;
      return bytes.asSlice(first * rowBytes, count * rowBytes);
    }
    List<MemorySegment> strings = whole.strings();
    int each = strings.size() / rows;
    long start = end(strings.subList(0, first * each));
    return bytes.asSlice(start, end(strings.subList(first * each, (first + count) * each)));
  }

  /** Bytes of some elements, their lengths counted in. */
  private static long end(List<MemorySegment> strings) {
    return strings.stream().mapToLong(each -> Integer.BYTES + each.byteSize()).sum();
  }

  @Override
  public void finish() {
    RunResult done = result;
    Arena joined = arena;
    result = null;
    arena = null;
    inputs = List.of();
    if (done != null) {
      done.close();
    }
    if (joined != null) {
      joined.close();
    }
  }

  @Override
  public void close() {
    finish();
  }
}
