package dev.synthorax.training;

import dev.synthorax.nn.text.BpeVocabulary;
import dev.synthorax.nn.text.ClipTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

/** Prompts of the samples as tokens, in the pipeline's own vocabulary. */
final class Prompts {
  private Prompts() {}

  /**
   * Learns the vocabulary from all prompts and writes the tokenizer's files, unless they are there.
   */
  static void learnVocabulary(PipelineFolder pipeline, SampleShards shards, int maxTokens)
      throws IOException {
    if (Files.exists(pipeline.tokenizer().resolve("vocab.json"))) {
      return;
    }
    BpeVocabulary.learn(
            shards.labels().stream().map(SampleShards.Label::prompt).toList(), maxTokens)
        .write(pipeline.tokenizer(), pipeline.textEncoder().maxPositions());
  }

  /** Token ids of every sample's prompt, padded to {@code length}. */
  static long[][] tokens(PipelineFolder pipeline, SampleShards shards, int length)
      throws IOException {
    Map<String, long[]> known = new HashMap<>();
    long[][] tokens = new long[shards.size()][];
    try (ClipTokenizer tokenizer = ClipTokenizer.open(pipeline.tokenizer(), length)) {
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] =
            known.computeIfAbsent(
                shards.labels().get(i).prompt(), prompt -> tokenizer.encode(prompt).ids());
      }
    }
    return tokens;
  }
}
