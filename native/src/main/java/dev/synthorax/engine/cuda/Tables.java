package dev.synthorax.engine.cuda;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.KnownPart;
import dev.synthorax.engine.RowOperations.Coefficients;
import dev.synthorax.engine.RowOperations.Inputs;
import dev.synthorax.engine.RowOperations.Keep;
import dev.synthorax.engine.RowOperations.Picture;
import dev.synthorax.engine.RowOperations.Row;
import dev.synthorax.engine.RowOperations.Tensor;
import dev.synthorax.engine.RowOperations.Transfer;
import dev.synthorax.engine.RowOperations.Update;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The structures that the kernels take, field by field as their code declares them; it asserts the
 * same sizes.
 */
final class Tables {
  static final int GATHER_ROWS = 112;
  static final int SCATTER_TENSORS = 32;
  static final int SCATTER_ROWS = 768;
  static final int UPDATE_IMAGES = 40;
  static final int RESTORE_IMAGES = 96;
  static final int GREY_PICTURES = 160;

  private static final int GATHER_UNIT = 8; // elements a thread, as the kernels say
  private static final int SCATTER_UNIT = 4 * 16; // bytes
  private static final int UPDATE_UNIT = 4;
  private static final int GREY_UNIT = 8;

  private static final long SCATTER_TENSORS_AT = 2 * Integer.BYTES;
  private static final long ROW_OF_AT = SCATTER_TENSORS_AT + SCATTER_TENSORS * 3L * Long.BYTES;

  private Tables() {}

  private static long units(long elements, int unit) {
    return (elements + unit - 1) / unit;
  }

  static long gatherUnits(Inputs to) {
    long most = 0;
    for (Tensor tensor : Arrays.asList(to.sample(), to.text(), to.mask())) {
      most = Math.max(most, tensor == null ? 0 : tensor.elements() / to.rows());
    }
    return units(most, GATHER_UNIT);
  }

  static long scatterUnits(Transfer tensor) {
    return units(tensor.rowBytes(), SCATTER_UNIT);
  }

  /** Of latents or noise. */
  static long updateUnits(long bytes) {
    return units(bytes / Float.BYTES, UPDATE_UNIT);
  }

  static long greyUnits(long pixels) {
    return units(pixels, GREY_UNIT);
  }

  private static int code(DataType type) {
    return switch (type) {
      case FP16 -> 1;
      case BF16 -> 2;
      default -> 0;
    };
  }

  private static int pixelCode(DataType type) {
    return switch (type) {
      case UINT8 -> 1;
      case UINT16 -> 2;
      default -> 0;
    };
  }

  private static int keepCode(Keep keep) {
    return switch (keep) {
      case NONE -> 0;
      case PREDICTED_IMAGE -> 1;
      case OUTPUT -> 2;
    };
  }

  /** Positions from {@code first} on; those behind the last row repeat it. */
  static KernelTable gather(KernelTable table, List<Row> rows, Inputs to, int first, int count) {
    part(table, "sample", to.sample(), to.rows());
    part(table, "text", to.text(), to.rows());
    part(table, "mask", to.mask(), to.rows());
    Tensor timestep = to.timestep();
    table
        .address("timestep", timestep == null ? null : timestep.buffer())
        .number(timestep == null ? 0 : code(timestep.dataType()))
        .number(first);
    for (int position = first; position < first + count; position++) {
      Row row = rows.get(Math.min(position, rows.size() - 1));
      table
          .address("latents", row.latents())
          .address("text", shown(row.text(), to.text()))
          .address("mask", shown(row.mask(), to.mask()))
          .number(row.inputScale())
          .number(row.timestep());
    }
    return table;
  }

  private static void part(KernelTable table, String name, @Nullable Tensor tensor, int rows) {
    table
        .address(name, tensor == null ? null : tensor.buffer())
        .number(tensor == null ? 0L : tensor.elements() / rows)
        .number(tensor == null ? 0 : code(tensor.dataType()))
        .number(0);
  }

  private static @Nullable DeviceBuffer shown(
      @Nullable DeviceBuffer part, @Nullable Tensor tensor) {
    return tensor == null ? null : part;
  }

  static KernelTable scatter(
      KernelTable table, List<Transfer> tensors, int[] rowOf, int first, int rows) {
    table.number(rows).number(first);
    for (Transfer tensor : tensors) {
      table.address("from", tensor.from()).address("to", tensor.to()).number(tensor.rowBytes());
    }
    table.at(ROW_OF_AT);
    for (int row = first; row < first + rows; row++) {
      table.number(rowOf[row]);
    }
    return table;
  }

  /** Images whose latents are of one size. */
  static KernelTable update(KernelTable table, List<Update> images, Tensor outputs) {
    long bytes = images.getFirst().latents().byteSize();
    table
        .address("outputs", outputs.buffer())
        .number(bytes / Float.BYTES)
        .number(code(outputs.dataType()))
        .number(0);
    for (Update image : images) {
      Coefficients step = image.step();
      table
          .address("latents", image.latents())
          .address("history", image.history())
          .number(image.seed())
          .number(image.conditional())
          .number(image.unconditional())
          .number(image.guidanceScale())
          .number(step.p())
          .number(step.q())
          .number(step.clip())
          .number(step.a())
          .number(step.r())
          .number(step.b());
      for (int j = 0; j < Coefficients.MAX_HISTORY; j++) {
        table.number(j < step.c().size() ? step.c().get(j) : 0f);
      }
      long entries = step.keep() == Keep.NONE ? 0 : image.history().byteSize() / Math.max(1, bytes);
      table
          .number(step.d())
          .number(image.number())
          .number(step.c().size())
          .number(Math.toIntExact(entries))
          .number(keepCode(step.keep()))
          .number(0);
    }
    return table;
  }

  /** Images whose latents are of one size. */
  static KernelTable restore(KernelTable table, List<KnownPart> parts) {
    table.number(parts.getFirst().latents().byteSize() / Float.BYTES);
    for (KnownPart part : parts) {
      table
          .address("latents", part.latents())
          .address("known", part.known())
          .address("noise", part.noise())
          .address("redrawn", part.redrawn())
          .number(part.ofImage())
          .number(part.ofNoise());
    }
    return table;
  }

  static KernelTable normal(
      KernelTable table, DeviceBuffer target, long seed, long image, int step) {
    return table
        .address("target", target)
        .number(target.byteSize() / Float.BYTES)
        .number(seed)
        .number(image)
        .number(step);
  }

  /** Pictures of one size. */
  static KernelTable grey(KernelTable table, Tensor samples, int channels, List<Picture> pictures) {
    table
        .address("samples", samples.buffer())
        .number(pictures.getFirst().size())
        .number(code(samples.dataType()))
        .number(channels);
    for (Picture picture : pictures) {
      table
          .address("pixels", picture.pixels())
          .address("notFinite", picture.notFinite())
          .number(picture.row())
          .number(pixelCode(picture.dataType()));
    }
    return table;
  }
}
