package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.server.scheduler.RowCounts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
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
 * <p><b>Ownership:</b> borrows both networks' contexts and the stream.
 *
 * <p><b>Threading:</b> one thread, the step loop's.
 */
final class UnetDenoiser {
  private final long latentBytes;
  private final RowContexts unet;
  private final @Nullable RowContexts controlNet;
  private final List<TensorSpec> residuals;
  private final DeviceStream stream;
  private final Map<Integer, BitSet> residualRows =
      new HashMap<>(); // rows that are not zero, by row count

  /**
   * One row of a batch; its memory is borrowed for the call.
   *
   * @param latents current latents
   * @param inputScale the network sees {@code inputScale * latents}
   * @param timestep what the network is told
   * @param text text embedding; null: the zero embedding
   * @param mask mask channels in 0..1; null: no mask, so zero residuals
   */
  record Row(
      MemorySegment latents,
      float inputScale,
      float timestep,
      @Nullable MemorySegment text,
      @Nullable MemorySegment mask) {}

  /**
   * A denoiser.
   *
   * @param latentElements of one image
   * @param stream of host memory
   * @param controlNet null: rows must not carry masks
   * @param residuals outputs of the ControlNet and inputs of the U-Net; empty where there is none
   */
  UnetDenoiser(
      int latentElements,
      DeviceStream stream,
      RowContexts unet,
      @Nullable RowContexts controlNet,
      List<TensorSpec> residuals) {
    this.latentBytes = (long) latentElements * Float.BYTES;
    this.unet = unet;
    this.controlNet = controlNet;
    this.residuals = List.copyOf(residuals);
    this.stream = stream;
    unet.counts().forEach(this::zeroResiduals);
  }

  private void zeroResiduals(int count) {
    ExecutionContext context = unet.atLeast(count);
    residuals.forEach(residual -> context.buffer(residual.name()).host().fill((byte) 0));
    residualRows.put(count, new BitSet());
  }

  RowCounts rowCounts() {
    return new RowCounts(unet.counts(), controlNet == null ? List.of() : controlNet.counts());
  }

  /** Bytes of one image's latents. */
  long latentBytes() {
    return latentBytes;
  }

  /** Bytes of one text embedding. */
  long textBytes() {
    return rowBytes(unet, "encoder_hidden_states");
  }

  /** Bytes of one image's mask channels; 0 where there is no ControlNet. */
  long maskBytes() {
    return controlNet == null ? 0 : rowBytes(controlNet, "controlnet_cond");
  }

  private static long rowBytes(RowContexts contexts, String input) {
    ExecutionContext context = contexts.atLeast(1);
    return context.buffer(input).byteSize() / context.rows();
  }

  /**
   * Predicts the network's output for each row.
   *
   * @param rows 1 to {@code rowCounts().max()} rows
   * @return native-order float32; row {@code i} starts at byte {@code i * latentBytes()}; valid
   *     until the next call
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}
   */
  MemorySegment predict(List<Row> rows) {
    ExecutionContext context = unet.atLeast(rows.size());
    fill(context, rows);
    setResiduals(context, rows);
    run(context);
    return context.buffer("out_sample").host();
  }

  private void run(ExecutionContext context) {
    context.enqueue(stream);
    stream.synchronize();
  }

  private void setResiduals(ExecutionContext context, List<Row> rows) {
    var masked = new ArrayList<Integer>();
    for (int row = 0; row < rows.size(); row++) {
      if (rows.get(row).mask() != null) {
        masked.add(row);
      }
    }
    BitSet filled = residualRows.get(context.rows());
    if (filled == null) {
      throw new IllegalStateException("rows: " + context.rows() + " was not prepared");
    }
    for (int row = filled.nextSetBit(0); row >= 0; row = filled.nextSetBit(row + 1)) {
      if (!masked.contains(row)) {
        copyResiduals(null, 0, context, row);
        filled.clear(row);
      }
    }
    if (masked.isEmpty()) {
      return;
    }
    ExecutionContext control = runControlNet(masked.stream().map(rows::get).toList());
    for (int i = 0; i < masked.size(); i++) {
      copyResiduals(control, i, context, masked.get(i));
      filled.set(masked.get(i));
    }
  }

  private ExecutionContext runControlNet(List<Row> rows) {
    if (controlNet == null) {
      throw new IllegalArgumentException(
          "mask: given (expected: none, the model has no ControlNet)");
    }
    ExecutionContext context = controlNet.atLeast(rows.size());
    fill(context, rows);
    MemorySegment condition = context.buffer("controlnet_cond").host();
    for (int position = 0; position < context.rows(); position++) {
      put(condition, position, rows.get(Math.min(position, rows.size() - 1)).mask());
    }
    run(context);
    return context;
  }

  /** Copies one row of every residual; zeros where {@code from} is null. */
  private void copyResiduals(
      @Nullable ExecutionContext from, int fromRow, ExecutionContext to, int toRow) {
    for (TensorSpec residual : residuals) {
      long bytes = residual.withRows(1).byteSize();
      MemorySegment target = to.buffer(residual.name()).host().asSlice(toRow * bytes, bytes);
      if (from == null) {
        target.fill((byte) 0);
      } else {
        target.copyFrom(from.buffer(residual.name()).host().asSlice(fromRow * bytes, bytes));
      }
    }
  }

  /** Latents, time step and text of every position. */
  private void fill(ExecutionContext context, List<Row> rows) {
    MemorySegment sample = context.buffer("sample").host();
    MemorySegment timestep = context.buffer("timestep").host();
    MemorySegment text = context.buffer("encoder_hidden_states").host();
    long textBytes = text.byteSize() / context.rows();
    for (int position = 0; position < context.rows(); position++) {
      Row row = rows.get(Math.min(position, rows.size() - 1));
      scale(row.latents(), row.inputScale(), sample.asSlice(position * latentBytes, latentBytes));
      timestep.setAtIndex(ValueLayout.JAVA_FLOAT, position, row.timestep());
      if (row.text() == null) {
        text.asSlice(position * textBytes, textBytes).fill((byte) 0);
      } else {
        put(text, position, row.text());
      }
    }
  }

  private static void scale(MemorySegment latents, float scale, MemorySegment to) {
    for (long at = 0; at < latents.byteSize(); at += Float.BYTES) {
      to.set(ValueLayout.JAVA_FLOAT, at, scale * latents.get(ValueLayout.JAVA_FLOAT, at));
    }
  }

  private static void put(MemorySegment buffer, int position, @Nullable MemorySegment values) {
    if (values != null) {
      buffer.asSlice(position * values.byteSize(), values.byteSize()).copyFrom(values);
    }
  }
}
