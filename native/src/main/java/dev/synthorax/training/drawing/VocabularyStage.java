package dev.synthorax.training.drawing;

import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.text.BpeVocabulary;
import dev.synthorax.nn.text.ClipTokenizer;
import dev.synthorax.nn.weights.ModelFile;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Label;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Learns the pipeline's own vocabulary from the samples' prompts: the tokenizer's files. */
record VocabularyStage(PipelineDraft draft, int maxTokens) implements Recipe.Stage {
  static final String NAME = "vocabulary";

  /** What the tokenizer is made of. */
  static final List<String> FILES =
      List.of("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Identity identify(Identity before) {
    CLIPTextConfig text = draft.textEncoder();
    return before
        .with("maxTokens", maxTokens)
        .with("text_encoder.max_position_embeddings", text.maxPositions())
        .with("text_encoder.vocab_size", text.vocabSize());
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    CLIPTextConfig text = draft.textEncoder();
    BpeVocabulary vocabulary =
        BpeVocabulary.learn(run.samples().labels().stream().map(Label::prompt).toList(), maxTokens);
    if (vocabulary.size() > text.vocabSize()) {
      throw new IllegalArgumentException(
          "maxTokens: %d tokens were learned (expected: at most %d, vocab_size of the text encoder)"
              .formatted(vocabulary.size(), text.vocabSize()));
    }
    run.finish(folder -> vocabulary.write(folder, text.maxPositions()));
    return true;
  }

  /** Token ids of every sample's prompt, padded to the length that the text encoder reads. */
  static long[][] tokens(StageRun run, CLIPTextConfig text) {
    Path tokenizerFolder = run.session().work().result(NAME);
    Samples samples = run.samples();
    Map<String, long[]> known = new HashMap<>();
    long[][] tokens = new long[samples.size()][];
    try (ClipTokenizer tokenizer =
        ClipTokenizer.open(ModelFile.of(tokenizerFolder), text.maxPositions(), text.vocabSize())) {
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] =
            known.computeIfAbsent(
                samples.labels().get(i).prompt(), prompt -> tokenizer.encode(prompt).ids());
      }
    }
    return tokens;
  }
}
