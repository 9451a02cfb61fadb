package dev.synthorax.nn.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.nn.weights.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Turns a prompt into what a CLIP text encoder reads: start, words, end, padding.
 *
 * <p><b>Ownership:</b> owns a native tokenizer.
 *
 * <p><b>Threading:</b> any thread; {@link #close()} once, when no call is under way.
 */
public final class ClipTokenizer implements AutoCloseable {
  static {
    // DJL otherwise reports its use to its makers and may fetch other natives.
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
  }

  private final HuggingFaceTokenizer tokenizer; // owned
  private final NativeHandles.Handle handle;
  private final TokenizerFiles.SpecialIds special;
  private final int length;

  private ClipTokenizer(
      ModelFile folder,
      HuggingFaceTokenizer tokenizer,
      TokenizerFiles.SpecialIds special,
      int length) {
    this.handle = NativeHandles.register("text.ClipTokenizer", folder.name());
    this.tokenizer = tokenizer;
    this.special = special;
    this.length = length;
  }

  /**
   * Opens a tokenizer folder: {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}.
   *
   * @param folder the pipeline's {@code tokenizer}
   * @param length tokens that the text encoder reads, at least 2
   * @param vocabulary tokens that the text encoder knows; every id is below
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if one is missing or
   *     malformed or has an id that the text encoder does not know
   */
  @MustBeClosed
  public static ClipTokenizer open(ModelFile folder, int length, int vocabulary) {
    if (length < 2) {
      throw new IllegalArgumentException("length: " + length + " (expected: at least 2)");
    }
    TokenizerFiles files = TokenizerFiles.read(folder, vocabulary);
    // No padding, no truncation, no start and end: those are ours, so that what was dropped is
    // known.
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "padding", "false", "truncation", "false");
    try {
      var tokenizer =
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(files.json()), options);
      return new ClipTokenizer(folder, tokenizer, files.special(), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the stream is memory
    } catch (RuntimeException e) {
      throw folder.failed("not a CLIP tokenizer (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Tokens that a tokenizer folder gives for a prompt ({@code model_max_length}).
   *
   * @param folder the pipeline's {@code tokenizer}
   * @param encoderLength tokens that the text encoder reads at most
   * @return 2 to {@code encoderLength}
   */
  public static int length(ModelFile folder, int encoderLength) {
    return TokenizerFiles.maxLength(folder, encoderLength);
  }

  /** Ids of a prompt. */
  public static final class Encoding {
    private final long[] ids;
    private final int dropped;

    private Encoding(long[] ids, int dropped) {
      this.ids = ids;
      this.dropped = dropped;
    }

    /** Start, words, end, padding; as many as the encoder reads. A copy. */
    public long[] ids() {
      return ids.clone();
    }

    /** Tokens at the end of the prompt that did not fit. */
    public int dropped() {
      return dropped;
    }
  }

  /** Encodes a prompt; what does not fit is dropped at its end and counted. */
  public Encoding encode(String prompt) {
    handle.requireOpen();
    long[] words = tokenizer.encode(prompt, false, false).getIds();
    int kept = Math.min(words.length, length - 2);
    long[] ids = new long[length];
    Arrays.fill(ids, special.padding());
    ids[0] = special.start();
    System.arraycopy(words, 0, ids, 1, kept);
    ids[kept + 1] = special.end();
    return new Encoding(ids, words.length - kept);
  }

  /** Frees the native tokenizer. Idempotent. */
  @Override
  public void close() {
    if (handle.close()) {
      tokenizer.close();
    }
  }
}
