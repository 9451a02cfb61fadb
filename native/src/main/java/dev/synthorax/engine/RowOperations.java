package dev.synthorax.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work of a denoising step that is no network: puts the rows of a batch together, moves each
 * image by its noise scheduler's numbers, draws noise, and makes pixels. Every call is enqueued on
 * a stream, in its order, and returns early on a device.
 *
 * <p>A row is a piece of every tensor's first dim. Latents, history, text embeddings and masks are
 * float32 wherever they lie; tensors of a network are of the type that its graph says, and are
 * converted on the way, rounded to nearest, ties to even. Each element is computed in float32 in
 * the order that the formulas are written in, no product fused with a sum, so that every
 * implementation gives the same bits; of noise alone the last few may differ.
 *
 * <p>What a call is told (rows, coefficients, addresses) is read before it returns; the buffers
 * themselves when the stream comes to it. A call that cannot be carried out throws {@link
 * IllegalArgumentException} with the value, before anything is enqueued.
 *
 * <p><b>Ownership:</b> owns what it needs to run, such as compiled kernels; borrows every buffer
 * and stream until the work that uses them is done; closed before its backend.
 *
 * <p><b>Threading:</b> one thread a stream at a time; several threads with a stream each may call
 * at once.
 */
public interface RowOperations extends AutoCloseable {
  /** In {@link #scatter}: the row becomes zeros. */
  int ZERO = -1;

  /** In {@link #scatter}: the row stays as it is. */
  int KEEP = -2;

  /**
   * A tensor of a network.
   *
   * @param buffer all its rows
   * @param dataType {@code FP32}, {@code FP16} or {@code BF16}
   */
  record Tensor(DeviceBuffer buffer, DataType dataType) {
    public Tensor {
      if (dataType != DataType.FP32 && dataType != DataType.FP16 && dataType != DataType.BF16) {
        throw new IllegalArgumentException(
            "dataType: " + dataType + " (expected: FP32, FP16 or BF16)");
      }
      requireWhole("tensor", buffer.byteSize(), dataType.bytes());
    }

    /** Elements of all rows together. */
    public long elements() {
      return buffer.byteSize() / dataType.bytes();
    }
  }

  /**
   * Inputs of a network that rows are gathered into.
   *
   * @param rows of each tensor, at least 1
   * @param sample scaled latents
   * @param timestep one number a row; null where the network takes none
   * @param text embeddings; null where the network takes none
   * @param mask channels of masks; null where the network takes none
   */
  record Inputs(
      int rows,
      Tensor sample,
      @Nullable Tensor timestep,
      @Nullable Tensor text,
      @Nullable Tensor mask) {
    public Inputs {
      requirePositive("rows", rows);
      for (Tensor tensor : Arrays.asList(sample, timestep, text, mask)) {
        if (tensor != null) {
          requireWhole("tensor of " + rows + " rows", tensor.elements(), rows);
        }
      }
    }

    /**
     * Fails unless these rows can be gathered here.
     *
     * @throws IllegalArgumentException if there are none or too many, or a part is not as long as a
     *     row of its tensor
     */
    public void requireFits(List<Row> shown) {
      if (shown.isEmpty() || shown.size() > rows) {
        throw new IllegalArgumentException(
            "rows: %d (expected: 1 to %d)".formatted(shown.size(), rows));
      }
      for (Row row : shown) {
        requireFits("latents", row.latents(), sample);
        requireFits("text", row.text(), text);
        requireFits("mask", row.mask(), mask);
      }
    }

    private void requireFits(String part, @Nullable DeviceBuffer shown, @Nullable Tensor tensor) {
      if (shown == null || tensor == null) {
        return;
      }
      long expected = tensor.elements() / rows * Float.BYTES;
      if (shown.byteSize() != expected) {
        throw new IllegalArgumentException(
            "%s: %d bytes (expected: %d, float32 as long as a row of the network's)"
                .formatted(part, shown.byteSize(), expected));
      }
    }
  }

  /**
   * What one row shows.
   *
   * @param latents float32
   * @param inputScale the network sees {@code inputScale * latents}
   * @param timestep what the network is told
   * @param text float32; null: zeros
   * @param mask float32; null: zeros
   */
  record Row(
      DeviceBuffer latents,
      float inputScale,
      float timestep,
      @Nullable DeviceBuffer text,
      @Nullable DeviceBuffer mask) {}

  /** What a step keeps for later ones. */
  enum Keep {
    /** Nothing. */
    NONE,
    /** The predicted image, {@code m}. */
    PREDICTED_IMAGE,
    /** The guided output, {@code e}. */
    OUTPUT
  }

  /**
   * One step of one noise scheduler: {@code e = u + g (c - u)}, {@code m = clamp(p x + q e, -clip,
   * clip)}, {@code x' = a x + r e + b m + sum c_i h_i + d z}.
   *
   * @param c of the history, the newest first; at most 3
   * @param keep what enters the history after the step
   */
  record Coefficients(
      float p, float q, float clip, float a, float r, float b, List<Float> c, float d, Keep keep) {
    /** Most entries of the history that a step reads. */
    public static final int MAX_HISTORY = 3;

    public Coefficients {
      c = List.copyOf(c);
      if (c.size() > MAX_HISTORY) {
        throw new IllegalArgumentException(
            "c: %d of the history (expected: at most %d)".formatted(c.size(), MAX_HISTORY));
      }
      if (!(clip >= 0)) {
        throw new IllegalArgumentException("clip: " + clip + " (expected: at least 0)");
      }
    }
  }

  /**
   * One image's step.
   *
   * @param latents {@code x}, float32, replaced by {@code x'}
   * @param history {@code h_i}, float32, the newest first, as many entries as any step reads and at
   *     most 3, each as long as {@code latents}; where the step keeps something, the oldest gives
   *     way
   * @param conditional row of the outputs that holds {@code c}
   * @param unconditional row that holds {@code u}; {@code conditional} where there is no guidance
   * @param guidanceScale {@code g}; not read without guidance
   * @param seed of the image's noise; read where {@code d} is not 0
   * @param number of the step, from 1; what its noise is counted by
   */
  record Update(
      DeviceBuffer latents,
      DeviceBuffer history,
      int conditional,
      int unconditional,
      float guidanceScale,
      Coefficients step,
      long seed,
      int number) {
    public Update {
      requireFloats("latents", latents);
      requireWhole("history", history.byteSize(), Math.max(1, latents.byteSize()));
      long entries = history.byteSize() / Math.max(1, latents.byteSize());
      if (entries < step.c().size() || entries > Coefficients.MAX_HISTORY) {
        throw new IllegalArgumentException(
            "history: %d entries (expected: %d to %d)"
                .formatted(entries, step.c().size(), Coefficients.MAX_HISTORY));
      }
    }

    /**
     * Fails unless a network's outputs hold this image's rows.
     *
     * @throws IllegalArgumentException with the rows
     */
    public void requireWithin(Tensor outputs) {
      long elements = latents.byteSize() / Float.BYTES;
      int last = Math.max(conditional, unconditional);
      if (Math.min(conditional, unconditional) < 0 || (last + 1L) * elements > outputs.elements()) {
        throw new IllegalArgumentException(
            "rows: %d, %d of %d elements (expected: within outputs of %d)"
                .formatted(conditional, unconditional, elements, outputs.elements()));
      }
    }
  }

  /**
   * One tensor whose rows go into another's.
   *
   * @param from of {@code to}'s type; null where no row is taken from it
   * @param rowBytes of one row of either, at least 1
   */
  record Transfer(@Nullable DeviceBuffer from, DeviceBuffer to, long rowBytes) {
    public Transfer {
      requirePositive("rowBytes", rowBytes);
      requireWhole("to", to.byteSize(), rowBytes);
      requireWhole("from", from == null ? 0 : from.byteSize(), rowBytes);
    }

    /**
     * Fails unless these rows can be moved.
     *
     * @throws IllegalArgumentException if they are not as many as {@code to}'s, or one is none of
     *     {@code from}'s
     */
    public void requireRows(int[] rowOf) {
      if (rowOf.length != to.byteSize() / rowBytes) {
        throw new IllegalArgumentException(
            "rowOf: %d rows (expected: %d, as to)"
                .formatted(rowOf.length, to.byteSize() / rowBytes));
      }
      long rows = from == null ? 0 : from.byteSize() / rowBytes;
      for (int row : rowOf) {
        if (row < KEEP || row >= rows) {
          throw new IllegalArgumentException(
              "rowOf: %d (expected: below %d, ZERO or KEEP)".formatted(row, rows));
        }
      }
    }
  }

  /**
   * A picture made of one row of a decoder's output.
   *
   * @param row of the output
   * @param dataType of its pixels: {@code FP32} in 0..1, {@code UINT8}, or {@code UINT16}, rounded
   *     to nearest, halves up
   * @param pixels where it goes, row-major, native order
   * @param notFinite one {@code INT32}: how many of the row's samples are not finite; such a pixel
   *     is NaN, or 0 as an integer
   */
  record Picture(int row, DataType dataType, DeviceBuffer pixels, DeviceBuffer notFinite) {
    public Picture {
      if (dataType != DataType.FP32 && dataType != DataType.UINT8 && dataType != DataType.UINT16) {
        throw new IllegalArgumentException(
            "dataType: " + dataType + " (expected: FP32, UINT8 or UINT16)");
      }
      requireWhole("pixels", pixels.byteSize(), dataType.bytes());
      if (notFinite.byteSize() != Integer.BYTES) {
        throw new IllegalArgumentException(
            "notFinite: " + notFinite.byteSize() + " bytes (expected: 4)");
      }
    }

    /** How many pixels it has. */
    public long size() {
      return pixels.byteSize() / dataType.bytes();
    }

    /**
     * Fails unless a decoder's output holds this row.
     *
     * @throws IllegalArgumentException with the row
     */
    public void requireWithin(Tensor samples, int channels) {
      requirePositive("channels", channels);
      if (row < 0 || (row + 1L) * channels * size() > samples.elements()) {
        throw new IllegalArgumentException(
            "row: %d of %d channels of %d pixels (expected: within samples of %d)"
                .formatted(row, channels, size(), samples.elements()));
      }
    }
  }

  /** Fails unless a buffer holds whole float32 numbers. */
  static void requireFloats(String name, DeviceBuffer buffer) {
    requireWhole(name, buffer.byteSize(), Float.BYTES);
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
    }
  }

  private static void requireWhole(String name, long size, long part) {
    if (size % part != 0) {
      throw new IllegalArgumentException(
          "%s: %d (expected: a multiple of %d)".formatted(name, size, part));
    }
  }

  /**
   * Fills a network's inputs; positions after the last row repeat it.
   *
   * @param rows 1 to {@code to.rows()}
   */
  void gather(DeviceStream stream, List<Row> rows, Inputs to);

  /**
   * Moves whole rows from tensors to tensors of the same type.
   *
   * @param rowOf for each row of every {@code to}, the row of its {@code from}, or {@link #ZERO},
   *     or {@link #KEEP}
   */
  void scatter(DeviceStream stream, List<Transfer> tensors, int[] rowOf);

  /**
   * Guides, predicts the image and moves every image's latents one step, in place.
   *
   * @param outputs of the network
   */
  void update(DeviceStream stream, List<Update> images, Tensor outputs);

  /** Puts back, element by element, what is known of images. */
  void restore(DeviceStream stream, List<KnownPart> parts);

  /**
   * Fills a buffer with independent standard normal float32 numbers, each a function of seed,
   * image, step and position alone: the same words of Philox everywhere, their logarithm and cosine
   * within rounding.
   */
  void normal(DeviceStream stream, long seed, long image, int step, DeviceBuffer target);

  /**
   * Makes grey pictures of samples in -1..1: their channels' mean, moved to 0..1 and clamped.
   *
   * @param samples {@code [rows, channels, pixels]}
   */
  void grey(DeviceStream stream, Tensor samples, int channels, List<Picture> pictures);

  /** Frees what it runs with, once no enqueued work is left. Idempotent. */
  @Override
  void close();
}
