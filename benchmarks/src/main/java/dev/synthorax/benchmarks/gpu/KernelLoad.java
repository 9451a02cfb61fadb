package dev.synthorax.benchmarks.gpu;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.KnownPart;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.RowOperations.Coefficients;
import dev.synthorax.engine.RowOperations.Inputs;
import dev.synthorax.engine.RowOperations.Keep;
import dev.synthorax.engine.RowOperations.Picture;
import dev.synthorax.engine.RowOperations.Row;
import dev.synthorax.engine.RowOperations.Tensor;
import dev.synthorax.engine.RowOperations.Transfer;
import dev.synthorax.engine.RowOperations.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a kernel does in a step or at the end of one, at the sizes of Stable Diffusion 1 at 512
 * pixels in half precision.
 *
 * @param bytes that it reads and writes
 * @param memoryBytes of all its buffers together
 */
record KernelLoad(String name, long bytes, long memoryBytes, Kind kind) {
  private static final long ALIGNMENT = 256;
  private static final int LATENTS = 4 * 64 * 64;
  private static final int TEXT = 77 * 768;
  private static final int PIXELS = 512 * 512;
  private static final int CHANNELS = 3;
  private static final int HALF = Short.BYTES;

  /** Elements of the residuals of a ControlNet, one image's. */
  private static final int[] RESIDUALS = {
    320 * 64 * 64, 320 * 64 * 64, 320 * 64 * 64, 320 * 32 * 32, 640 * 32 * 32, 640 * 32 * 32,
    640 * 16 * 16, 1280 * 16 * 16, 1280 * 16 * 16, 1280 * 8 * 8, 1280 * 8 * 8, 1280 * 8 * 8,
    1280 * 8 * 8
  };

  /** Work on one set of buffers. */
  @FunctionalInterface
  interface Work {
    /** Enqueues it. */
    void enqueue(DeviceStream stream, DeviceBuffer memory);
  }

  /** One of the kernels, on buffers cut from memory. */
  @FunctionalInterface
  interface Kind {
    /** Enqueues it. */
    void enqueue(RowOperations operations, DeviceStream stream, Pieces pieces);
  }

  /** Memory handed out piece after piece. */
  static final class Pieces {
    private final DeviceBuffer memory;
    private long used;

    private Pieces(DeviceBuffer memory) {
      this.memory = memory;
    }

    private DeviceBuffer next(long bytes) {
      DeviceBuffer piece = memory.slice(used, bytes);
      used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      return piece;
    }

    private DeviceBuffer floats(long count) {
      return next(count * Float.BYTES);
    }

    private Tensor halves(long count) {
      return new Tensor(next(count * HALF), DataType.FP16);
    }
  }

  Work onto(RowOperations operations) {
    return (stream, memory) -> kind.enqueue(operations, stream, new Pieces(memory));
  }

  /** Every kernel, for a step of some images with guidance. */
  static List<KernelLoad> all(int images) {
    long gathered = 2L * images * (LATENTS + TEXT);
    long moved = 2L * images * HALF * IntStream.of(RESIDUALS).asLongStream().sum();
    long guided = 2L * images * LATENTS * HALF;
    long latents = 2L * images * LATENTS * Float.BYTES; // read and written
    long noise = (long) images * LATENTS * Float.BYTES;
    long samples = (long) images * CHANNELS * PIXELS * HALF;
    return List.of(
        load("gather", gathered * (Float.BYTES + HALF), images, gather(images)),
        load("scatter", moved, images, scatter(images)),
        load("update DDIM", guided + latents, images, update(images, 0)),
        load("update DPM++ 2M", guided + 2 * latents, images, update(images, 1)),
        load("update PNDM", guided + latents + 3 * latents, images, update(images, 3)),
        load("restore", latents + 3 * noise, images, restore(images)),
        load(
            "normal",
            noise,
            images,
            (operations, stream, pieces) -> operations.normal(stream, 7, 0, 0, pieces.next(noise))),
        load("grey 8 bit", samples + (long) images * PIXELS, images, grey(images)));
  }

  private static KernelLoad load(String name, long bytes, int images, Kind kind) {
    return new KernelLoad(name, bytes, bytes + (64L + 4L * images) * ALIGNMENT, kind);
  }

  private static Kind gather(int images) {
    int count = 2 * images;
    return (operations, stream, pieces) -> {
      var rows = new ArrayList<Row>();
      for (int i = 0; i < count; i++) {
        rows.add(new Row(pieces.floats(LATENTS), 0.5f, 500, pieces.floats(TEXT), null));
      }
      Tensor sample = pieces.halves((long) count * LATENTS);
      Tensor text = pieces.halves((long) count * TEXT);
      operations.gather(stream, rows, new Inputs(count, sample, null, text, null));
    };
  }

  /** To every second row, as the masked ones of guided images lie. */
  private static Kind scatter(int images) {
    int[] rowOf = new int[images];
    for (int i = 0; i < images; i++) {
      rowOf[i] = images - 1 - i;
    }
    return (operations, stream, pieces) -> {
      var transfers = new ArrayList<Transfer>();
      for (int elements : RESIDUALS) {
        long rowBytes = (long) elements * HALF;
        transfers.add(
            new Transfer(pieces.next(images * rowBytes), pieces.next(images * rowBytes), rowBytes));
      }
      operations.scatter(stream, transfers, rowOf);
    };
  }

  private static Kind update(int images, int entries) {
    var step =
        new Coefficients(
            1.1f,
            -0.4f,
            Float.POSITIVE_INFINITY,
            0.9f,
            0,
            0.1f,
            List.of(0.1f, 0.2f, 0.3f).subList(0, entries),
            0,
            entries == 0 ? Keep.NONE : Keep.PREDICTED_IMAGE);
    return (operations, stream, pieces) -> {
      Tensor outputs = pieces.halves(2L * images * LATENTS);
      var updates = new ArrayList<Update>();
      for (int i = 0; i < images; i++) {
        DeviceBuffer latents = pieces.floats(LATENTS);
        DeviceBuffer history = pieces.floats((long) entries * LATENTS);
        updates.add(new Update(latents, history, 2 * i + 1, 2 * i, 7.5f, step, i, 1));
      }
      operations.update(stream, updates, outputs);
    };
  }

  private static Kind restore(int images) {
    return (operations, stream, pieces) -> {
      var parts = new ArrayList<KnownPart>();
      for (int i = 0; i < images; i++) {
        parts.add(
            new KnownPart(
                pieces.floats(LATENTS),
                pieces.floats(LATENTS),
                pieces.floats(LATENTS),
                pieces.floats(LATENTS),
                0.6f,
                0.8f));
      }
      operations.restore(stream, parts);
    };
  }

  private static Kind grey(int images) {
    return (operations, stream, pieces) -> {
      Tensor samples = pieces.halves((long) images * CHANNELS * PIXELS);
      var pictures = new ArrayList<Picture>();
      for (int i = 0; i < images; i++) {
        pictures.add(
            new Picture(i, DataType.UINT8, pieces.next(PIXELS), pieces.next(Integer.BYTES)));
      }
      operations.grey(stream, samples, CHANNELS, pictures);
    };
  }
}
