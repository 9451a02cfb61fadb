package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.server.scheduler.RowCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Predicts with a U-Net, and with a ControlNet for the rows that carry a mask; all other rows get
 * zero residuals.
 *
 * <p>Short batches are padded with copies of their last row, so that no stale numbers are ever
 * computed on.
 *
 * <p><b>Ownership:</b> borrows operations, both networks' contexts and the stream.
 *
 * <p><b>Threading:</b> one thread, the step loop's.
 */
final class UnetDenoiser {
  private final RowOperations operations;
  private final DeviceStream stream;
  private final RowContexts unet;
  private final @Nullable RowContexts controlNet;
  private final List<TensorSpec> residuals;
  private final Map<Integer, BitSet> residualRows =
      new HashMap<>(); // rows that may not be zero, by row count

  /**
   * A denoiser.
   *
   * @param stream all its work is enqueued here
   * @param controlNet null: rows must not carry masks
   * @param residuals outputs of the ControlNet and inputs of the U-Net, of one type in both; empty
   *     where there is none
   */
  UnetDenoiser(
      RowOperations operations,
      DeviceStream stream,
      RowContexts unet,
      @Nullable RowContexts controlNet,
      List<TensorSpec> residuals) {
    this.operations = operations;
    this.stream = stream;
    this.unet = unet;
    this.controlNet = controlNet;
    this.residuals = List.copyOf(residuals);
    unet.counts().forEach(count -> residualRows.put(count, new BitSet(count)));
    forgetResiduals();
  }

  /** After a failure, or at the start: any row of the residuals may hold anything. */
  void forgetResiduals() {
    residualRows.forEach((count, rows) -> rows.set(0, count));
  }

  RowCounts rowCounts() {
    return new RowCounts(unet.counts(), controlNet == null ? List.of() : controlNet.counts());
  }

  /** Bytes of one image's latents, as float32. */
  long latentBytes() {
    return rowBytes(unet, "sample");
  }

  /** Bytes of one text embedding, as float32. */
  long textBytes() {
    return rowBytes(unet, "encoder_hidden_states");
  }

  /** Bytes of one image's mask channels, as float32; 0 where there is no ControlNet. */
  long maskBytes() {
    return controlNet == null ? 0 : rowBytes(controlNet, "controlnet_cond");
  }

  private static long rowBytes(RowContexts contexts, String input) {
    ExecutionContext context = contexts.atLeast(1);
    return spec(context.inputs(), input).elements() / context.rows() * Float.BYTES;
  }

  /**
   * Enqueues the prediction of each row's output.
   *
   * @param rows 1 to {@code rowCounts().max()} rows, borrowed until the work is done
   * @return the U-Net's output, row by row; final in the stream's order, until the next call
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}
   */
  RowOperations.Tensor predict(List<RowOperations.Row> rows) {
    ExecutionContext context = unet.atLeast(rows.size());
    operations.gather(stream, rows, inputs(context, null));
    setResiduals(context, rows);
    context.enqueue(stream);
    return new RowOperations.Tensor(
        context.buffer("out_sample"), spec(context.outputs(), "out_sample").dataType());
  }

  private void setResiduals(ExecutionContext context, List<RowOperations.Row> rows) {
    BitSet filled = residualRows.get(context.rows());
    if (filled == null) {
      throw new IllegalStateException("rows: " + context.rows() + " was not prepared");
    }
    var masked = new ArrayList<RowOperations.Row>();
    int[] rowOf = new int[context.rows()];
    for (int row = 0; row < rowOf.length; row++) {
      if (row < rows.size() && rows.get(row).mask() != null) {
        rowOf[row] = masked.size();
        masked.add(rows.get(row));
      } else {
        rowOf[row] = filled.get(row) ? RowOperations.ZERO : RowOperations.KEEP;
      }
    }
    ExecutionContext control = masked.isEmpty() ? null : runControlNet(masked);
    if (Arrays.stream(rowOf).anyMatch(row -> row != RowOperations.KEEP)) {
      operations.scatter(stream, transfers(control, context), rowOf);
      filled.clear();
      for (int row = 0; row < rowOf.length; row++) {
        filled.set(row, rowOf[row] >= 0);
      }
    }
  }

  private ExecutionContext runControlNet(List<RowOperations.Row> rows) {
    if (controlNet == null) {
      throw new IllegalArgumentException(
          "mask: given (expected: none, the model has no ControlNet)");
    }
    ExecutionContext context = controlNet.atLeast(rows.size());
    operations.gather(stream, rows, inputs(context, "controlnet_cond"));
    context.enqueue(stream);
    return context;
  }

  private List<RowOperations.Transfer> transfers(
      @Nullable ExecutionContext from, ExecutionContext to) {
    var transfers = new ArrayList<RowOperations.Transfer>(residuals.size());
    for (TensorSpec residual : residuals) {
      String name = residual.name();
      transfers.add(
          new RowOperations.Transfer(
              from == null ? null : from.buffer(name),
              to.buffer(name),
              to.buffer(name).byteSize() / to.rows()));
    }
    return transfers;
  }

  private static RowOperations.Inputs inputs(ExecutionContext context, @Nullable String mask) {
    return new RowOperations.Inputs(
        context.rows(),
        input(context, "sample"),
        input(context, "timestep"),
        input(context, "encoder_hidden_states"),
        mask == null ? null : input(context, mask));
  }

  private static RowOperations.Tensor input(ExecutionContext context, String name) {
    return new RowOperations.Tensor(context.buffer(name), spec(context.inputs(), name).dataType());
  }

  private static TensorSpec spec(List<TensorSpec> specs, String name) {
    for (TensorSpec spec : specs) {
      if (spec.name().equals(name)) {
        return spec;
      }
    }
    throw new IllegalArgumentException(
        "tensor: "
            + name
            + " (expected: one of "
            + specs.stream().map(TensorSpec::name).toList()
            + ")");
  }
}
