package dev.synthorax.server.pipeline;

import dev.synthorax.nn.text.ClipTokenizer;
import java.nio.file.Path;

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
   * Reads a tokenizer folder for an encoder of {@code length} tokens.
   *
   * @return the caller closes it
   */
  @SuppressWarnings("MustBeClosed") // closed in close()
  static PromptTokenizer read(Path folder, int length) {
    return new ClipPrompts(ClipTokenizer.open(folder, length));
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
