package dev.synthorax.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work of a denoising step that is no network: puts the rows of a batch together, moves each
 * image by its noise scheduler's numbers, draws noise, and makes pixels. Every call is enqueued on
 * a stream, in its order, and returns early on a device.
 *
 * <p>A row is a piece of every tensor's first dim. Latents, history, text embeddings and masks are
 * float32 wherever they lie; tensors of a network are of the type that its graph says, and are
 * converted on the way, rounded to nearest.
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
  record Tensor(DeviceBuffer buffer, DataType dataType) {}

  /**
   * Inputs of a network that rows are gathered into.
   *
   * @param rows of each tensor
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
      @Nullable Tensor mask) {}

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
    public Coefficients {
      c = List.copyOf(c);
    }
  }

  /**
   * One image's step.
   *
   * @param latents {@code x}, float32, replaced by {@code x'}
   * @param history {@code h_i}, float32, the newest first, a whole number of times as long as
   *     {@code latents}
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
      int number) {}

  /**
   * One tensor whose rows go into another's.
   *
   * @param from of {@code to}'s type; null where no row is taken from it
   * @param rowBytes of one row of either
   */
  record Transfer(@Nullable DeviceBuffer from, DeviceBuffer to, long rowBytes) {}

  /**
   * A picture made of one row of a decoder's output.
   *
   * @param row of the output
   * @param dataType of its pixels: {@code FP32} in 0..1, {@code UINT8}, or {@code UINT16}, rounded
   *     to nearest
   * @param pixels where it goes, row-major
   * @param notFinite one {@code INT32}: how many of the row's samples are not finite; such a pixel
   *     is NaN, or 0 as an integer
   */
  record Picture(int row, DataType dataType, DeviceBuffer pixels, DeviceBuffer notFinite) {}

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
