package dev.synthorax.training.drawing;

import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.text.ClipTokenizer;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.training.stage.Label;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Captions of samples as the text encoder reads them.
 *
 * <p><b>Ownership:</b> owns the tokenizer.
 *
 * <p><b>Threading:</b> one thread.
 */
final class CaptionTokens implements AutoCloseable {
  private static final int KEPT = 20_000;

  private final Captions captions;
  private final List<Label> labels;
  private final ClipTokenizer tokenizer; // owned
  private final int length;
  private final Map<String, long[]> known = new HashMap<>();

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  CaptionTokens(Captions captions, List<Label> labels, ModelFile tokenizer, CLIPTextConfig text) {
    this.captions = captions;
    this.labels = labels;
    this.length = ClipTokenizer.length(tokenizer, text.maxPositions());
    this.tokenizer = ClipTokenizer.open(tokenizer, length, text.vocabSize());
  }

  /** Captions of samples with parts left out at random; from libtorch's generator. */
  Tensor drawn(int[] batch) {
    int parts = captions.parts().size();
    float[] draws =
        parts == 0 ? new float[0] : TorchTensors.toFloats(torch.rand((long) batch.length * parts));
    return tokens(batch, i -> captions.drawn(labels.get(batch[i]), draws, i * parts));
  }

  /** Captions of samples with every part. */
  Tensor whole(int[] batch) {
    return tokens(batch, i -> captions.whole(labels.get(batch[i])));
  }

  private Tensor tokens(int[] batch, java.util.function.IntFunction<String> caption) {
    long[] ids = new long[batch.length * length];
    for (int i = 0; i < batch.length; i++) {
      System.arraycopy(encoded(caption.apply(i)), 0, ids, i * length, length);
    }
    return TorchTensors.longs(ids, batch.length, length);
  }

  private long[] encoded(String caption) {
    if (known.size() >= KEPT) {
      known.clear();
    }
    return known.computeIfAbsent(caption, text -> tokenizer.encode(text).ids());
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    tokenizer.close();
  }
}
