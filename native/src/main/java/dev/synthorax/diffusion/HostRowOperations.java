package dev.synthorax.diffusion;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.KnownPart;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.RowOperations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Row operations in host memory: each runs on the calling thread, after what its stream holds and
 * before it returns.
 *
 * <p><b>Ownership:</b> borrows everything; owns a few kilobytes a thread, and its entry among the
 * handles, so that it is missed when it is not closed.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class HostRowOperations implements RowOperations {
  /** Elements at a time; a multiple of 4. */
  private static final int CHUNK = 1024;

  private static final int MAX_8 = 255;
  private static final int MAX_16 = 65_535;

  private final NativeHandles.Handle handle;
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  private HostRowOperations(Device device) {
    handle = NativeHandles.register("diffusion.HostRowOperations", device.name());
  }

  /** What a thread computes in. */
  private static final class Scratch {
    private final StepUpdate update = new StepUpdate();
    private final float[] values = new float[CHUNK];
    private final float[] sums = new float[CHUNK];
    private final float[] weights = new float[CHUNK];
  }

  /**
   * Row operations for a processor.
   *
   * @param device whose memory is the host's
   * @return the caller closes it
   */
  @MustBeClosed
  public static HostRowOperations open(Device device) {
    return new HostRowOperations(device);
  }

  /** Waits for what is enqueued: a stream of the host holds nothing. */
  private void begin(DeviceStream stream) {
    handle.requireOpen();
    stream.synchronize();
  }

  @Override
  public void gather(DeviceStream stream, List<Row> rows, Inputs to) {
    to.requireFits(rows);
    begin(stream);
    for (int position = 0; position < to.rows(); position++) {
      Row row = rows.get(Math.min(position, rows.size() - 1));
      put(row.latents(), row.inputScale(), to.sample(), to.rows(), position);
      put(row.text(), 1, to.text(), to.rows(), position);
      put(row.mask(), 1, to.mask(), to.rows(), position);
      Tensor timestep = to.timestep();
      if (timestep != null) {
        timestep.dataType().setFloat(timestep.buffer().host(), position, row.timestep());
      }
    }
  }

  /** Puts scaled numbers, or zeros, at one row of a tensor. */
  private void put(
      @Nullable DeviceBuffer from, float scale, @Nullable Tensor tensor, int rows, int row) {
    if (tensor == null) {
      return;
    }
    long bytes = tensor.buffer().byteSize() / rows;
    MemorySegment target = tensor.buffer().host().asSlice(row * bytes, bytes);
    if (from == null) {
      target.fill((byte) 0);
    } else if (scale == 1 && tensor.dataType() == DataType.FP32) {
      target.copyFrom(from.host());
    } else {
      convert(from.host(), scale, target, tensor.dataType());
    }
  }

  private void convert(MemorySegment from, float scale, MemorySegment to, DataType type) {
    float[] values = scratch.get().values;
    long elements = from.byteSize() / Float.BYTES;
    for (long first = 0; first < elements; first += CHUNK) {
      int count = (int) Math.min(CHUNK, elements - first);
      DataType.FP32.getFloats(from, first, values, count);
      for (int i = 0; i < count; i++) {
        values[i] *= scale;
      }
      type.setFloats(to, first, values, count);
    }
  }

  @Override
  public void scatter(DeviceStream stream, List<Transfer> tensors, int[] rowOf) {
    tensors.forEach(tensor -> tensor.requireRows(rowOf));
    begin(stream);
    for (Transfer tensor : tensors) {
      long bytes = tensor.rowBytes();
      DeviceBuffer from = tensor.from();
      for (int row = 0; row < rowOf.length; row++) {
        MemorySegment target = tensor.to().host().asSlice(row * bytes, bytes);
        if (rowOf[row] == ZERO) {
          target.fill((byte) 0);
        } else if (rowOf[row] != KEEP && from != null) {
          target.copyFrom(from.host().asSlice(rowOf[row] * bytes, bytes));
        }
      }
    }
  }

  @Override
  public void update(DeviceStream stream, List<Update> images, Tensor outputs) {
    images.forEach(image -> image.requireWithin(outputs));
    begin(stream);
    StepUpdate update = scratch.get().update;
    MemorySegment memory = outputs.buffer().host();
    for (Update image : images) {
      var rows =
          new StepUpdate.Rows(image.unconditional(), image.conditional(), image.guidanceScale());
      update.move(
          image.step(),
          image.latents().host(),
          new StepUpdate.Outputs(memory, outputs.dataType(), rows),
          image.history().host(),
          (first, target, count) ->
              CounterNoise.normal(image.seed(), 0, image.number(), first, target, count));
    }
  }

  @Override
  public void restore(DeviceStream stream, List<KnownPart> parts) {
    begin(stream);
    for (KnownPart part : parts) {
      int elements = Math.toIntExact(part.latents().byteSize() / Float.BYTES);
      for (int first = 0; first < elements; first += CHUNK) {
        restore(part, first, Math.min(CHUNK, elements - first), scratch.get());
      }
    }
  }

  private static void restore(KnownPart part, int first, int count, Scratch in) {
    float a = part.ofImage();
    float b = part.ofNoise();
    DataType.FP32.getFloats(part.known().host(), first, in.sums, count);
    DataType.FP32.getFloats(part.noise().host(), first, in.values, count);
    for (int i = 0; i < count; i++) {
      in.sums[i] = a * in.sums[i] + b * in.values[i];
    }
    DataType.FP32.getFloats(part.redrawn().host(), first, in.weights, count);
    DataType.FP32.getFloats(part.latents().host(), first, in.values, count);
    for (int i = 0; i < count; i++) {
      in.values[i] = in.weights[i] * in.values[i] + (1 - in.weights[i]) * in.sums[i];
    }
    DataType.FP32.setFloats(part.latents().host(), first, in.values, count);
  }

  @Override
  public void normal(DeviceStream stream, long seed, long image, int step, DeviceBuffer target) {
    RowOperations.requireFloats("target", target);
    begin(stream);
    float[] values = scratch.get().values;
    long elements = target.byteSize() / Float.BYTES;
    for (long first = 0; first < elements; first += CHUNK) {
      int count = (int) Math.min(CHUNK, elements - first);
      CounterNoise.normal(seed, image, step, Math.toIntExact(first), values, count);
      DataType.FP32.setFloats(target.host(), first, values, count);
    }
  }

  @Override
  public void grey(DeviceStream stream, Tensor samples, int channels, List<Picture> pictures) {
    pictures.forEach(picture -> picture.requireWithin(samples, channels));
    begin(stream);
    for (Picture picture : pictures) {
      int notFinite = 0;
      for (long first = 0; first < picture.size(); first += CHUNK) {
        int count = (int) Math.min(CHUNK, picture.size() - first);
        notFinite += mean(samples, channels, picture, first, count);
        write(picture, first, count);
      }
      picture.notFinite().host().set(ValueLayout.JAVA_INT_UNALIGNED, 0, notFinite);
    }
  }

  /** Leaves the channels' mean in the sums; answers how many samples are not finite. */
  private int mean(Tensor samples, int channels, Picture picture, long first, int count) {
    float[] values = scratch.get().values;
    float[] sums = scratch.get().sums;
    Arrays.fill(sums, 0, count, 0);
    int notFinite = 0;
    for (int channel = 0; channel < channels; channel++) {
      long at = ((long) picture.row() * channels + channel) * picture.size() + first;
      samples.dataType().getFloats(samples.buffer().host(), at, values, count);
      for (int i = 0; i < count; i++) {
        boolean finite = Float.isFinite(values[i]);
        notFinite += finite ? 0 : 1;
        sums[i] += finite ? Math.clamp(values[i] * 0.5f + 0.5f, 0f, 1f) : Float.NaN;
      }
    }
    for (int i = 0; i < count; i++) {
      sums[i] /= channels;
    }
    return notFinite;
  }

  private void write(Picture picture, long first, int count) {
    float[] sums = scratch.get().sums;
    MemorySegment to = picture.pixels().host();
    switch (picture.dataType()) {
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          to.set(ValueLayout.JAVA_BYTE, first + i, (byte) Math.round(sums[i] * MAX_8));
        }
      }
      case UINT16 -> {
        for (int i = 0; i < count; i++) {
          short pixel = (short) Math.round(sums[i] * MAX_16);
          to.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, first + i, pixel);
        }
      }
      default -> DataType.FP32.setFloats(to, first, sums, count);
    }
  }

  @Override
  public void close() {
    handle.close();
  }
}
