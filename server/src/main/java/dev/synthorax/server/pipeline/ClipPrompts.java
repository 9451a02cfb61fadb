package dev.synthorax.server.pipeline;

import dev.synthorax.nn.text.ClipTokenizer;
import dev.synthorax.nn.weights.ModelFile;

/**
 * The tokenizer of a CLIP text encoder.
 *
 * <p><b>Ownership:</b> owns its tokenizer. <b>Threading:</b> any thread.
 */
final class ClipPrompts implements PromptTokenizer {
  private final ClipTokenizer tokenizer;

  private ClipPrompts(ClipTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a tokenizer folder for an encoder of {@code length} tokens out of {@code vocabulary}.
   *
   * @return the caller closes it
   */
  @SuppressWarnings("MustBeClosed") // closed in close()
  static PromptTokenizer read(ModelFile folder, int length, int vocabulary) {
    return new ClipPrompts(ClipTokenizer.open(folder, length, vocabulary));
  }

  @Override
  public Tokens tokenize(String prompt) {
    ClipTokenizer.Encoding encoding = tokenizer.encode(prompt);
    return new Tokens(encoding.ids(), encoding.dropped());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
