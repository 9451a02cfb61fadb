package dev.synthorax.server.pipeline;

/**
 * Turns a prompt into the ids that a text encoder reads. Any thread; closed once, when no call is
 * under way.
 */
@FunctionalInterface
interface PromptTokenizer extends AutoCloseable {
  /** Tokens of one prompt: start, words, end, then padding, exactly the encoder's length. */
  Tokens tokenize(String prompt);

  @Override
  default void close() {}

  /** Ids of one prompt. */
  final class Tokens {
    private final long[] ids;
    private final int dropped;

    /**
     * Ids.
     *
     * @param ids of the encoder's length; owned by this
     * @param dropped tokens that did not fit
     */
    Tokens(long[] ids, int dropped) {
      this.ids = ids;
      this.dropped = dropped;
    }

    long[] ids() {
      return ids;
    }

    int dropped() {
      return dropped;
    }
  }
}
