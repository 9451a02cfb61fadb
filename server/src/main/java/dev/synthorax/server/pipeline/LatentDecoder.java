package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.server.scheduler.LatentSlot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns latents into grey images.
 *
 * <p><b>Ownership:</b> borrows its contexts and stream. <b>Threading:</b> one thread, the decoder
 * stage's.
 */
final class LatentDecoder {
  private final RowContexts decoder;
  private final DeviceStream stream;
  private final int channels;
  private final int pixels;

  /**
   * A decoder.
   *
   * @param channels of its output; more than one become grey by their mean
   * @param pixels of one channel
   */
  LatentDecoder(RowContexts decoder, DeviceStream stream, int channels, int pixels) {
    this.decoder = decoder;
    this.stream = stream;
    this.channels = channels;
    this.pixels = pixels;
  }

  int maxRows() {
    return decoder.maxRows();
  }

  /**
   * Decodes.
   *
   * @param slots 1 to {@link #maxRows()} images' latents, in host memory
   * @return row-major samples in 0..1, one array an image; NaN where the network's were not finite
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}
   */
  List<float[]> decode(List<LatentSlot> slots) {
    ExecutionContext context = decoder.atLeast(slots.size());
    MemorySegment input = context.buffer("latent_sample").host();
    for (int position = 0; position < context.rows(); position++) {
      MemorySegment row = slots.get(Math.min(position, slots.size() - 1)).latents().host();
      input.asSlice(position * row.byteSize(), row.byteSize()).copyFrom(row);
    }
    context.enqueue(stream);
    stream.synchronize();
    var images = new ArrayList<float[]>(slots.size());
    for (int row = 0; row < slots.size(); row++) {
      images.add(grey(context.buffer("sample").host(), (long) row * channels * pixels));
    }
    return images;
  }

  private float[] grey(MemorySegment output, long start) {
    float[] image = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      float sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        float value =
            output.getAtIndex(ValueLayout.JAVA_FLOAT, start + (long) channel * pixels + i);
        sum += Float.isFinite(value) ? Math.clamp(value * 0.5f + 0.5f, 0f, 1f) : Float.NaN;
      }
      image[i] = sum / channels;
    }
    return image;
  }
}
