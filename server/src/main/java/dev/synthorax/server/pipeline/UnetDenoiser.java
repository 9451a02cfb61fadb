package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.server.scheduler.Denoiser;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Denoises with a U-Net, and with a ControlNet for the rows that carry a mask; all other rows get
 * zero residuals.
 *
 * <p>Short batches are padded with copies of their last row, so that no stale numbers are ever
 * computed on.
 *
 * <p><b>Ownership:</b> borrows the stream and both networks' contexts.
 */
final class UnetDenoiser implements Denoiser {
  private final int latentElements;
  private final DeviceStream stream;
  private final RowContexts unet;
  private final @Nullable RowContexts controlNet;
  private final List<TensorSpec> residuals;
  private final Map<Integer, BitSet> residualRows =
      new HashMap<>(); // rows that are not zero, by row count

  /**
   * A denoiser.
   *
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
    this.latentElements = latentElements;
    this.stream = stream;
    this.unet = unet;
    this.controlNet = controlNet;
    this.residuals = List.copyOf(residuals);
    unet.counts().forEach(this::zeroResiduals);
  }

  private void zeroResiduals(int count) {
    ExecutionContext context = unet.atLeast(count);
    residuals.forEach(residual -> context.buffer(residual.name()).host().fill((byte) 0));
    residualRows.put(count, new BitSet());
  }

  @Override
  public int latentElements() {
    return latentElements;
  }

  @Override
  public int maxRows() {
    return unet.maxRows();
  }

  @Override
  public int paddedRows(int rows) {
    return unet.padded(rows);
  }

  @Override
  public int paddedControlRows(int controlRows) {
    return controlNet == null ? 0 : controlNet.padded(controlRows);
  }

  @Override
  public MemorySegment predict(List<Row> rows) {
    ExecutionContext context = unet.atLeast(rows.size());
    fill(context, rows);
    setResiduals(context, rows);
    context.enqueue(stream);
    return context.buffer("out_sample").host();
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
    context.enqueue(stream);
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
      float[] latents = row.latents();
      float scale = row.inputScale();
      for (int i = 0; i < latentElements; i++) {
        sample.setAtIndex(
            ValueLayout.JAVA_FLOAT, (long) position * latentElements + i, scale * latents[i]);
      }
      timestep.setAtIndex(ValueLayout.JAVA_FLOAT, position, row.timestep());
      if (row.text() == null) {
        text.asSlice(position * textBytes, textBytes).fill((byte) 0);
      } else {
        put(text, position, row.text());
      }
    }
  }

  private static void put(MemorySegment buffer, int position, float @Nullable [] values) {
    if (values != null) {
      long start = (long) position * values.length * Float.BYTES;
      MemorySegment.copy(values, 0, buffer, ValueLayout.JAVA_FLOAT, start, values.length);
    }
  }
}
