package dev.synthorax.training.drawing;

import dev.synthorax.nn.CLIPTextConfig;
import dev.synthorax.nn.text.BpeVocabulary;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.StageRun;
import java.io.IOException;
import java.util.List;

/** Learns the pipeline's own vocabulary from all that is said of samples: the tokenizer's files. */
record VocabularyStage(PipelineDraft draft, int maxTokens, Captions captions)
    implements Recipe.Stage {
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
        .withRecord("captions", captions)
        .with("text_encoder.max_position_embeddings", text.maxPositions())
        .with("text_encoder.vocab_size", text.vocabSize());
  }

  @Override
  public boolean run(StageRun run) throws IOException {
    CLIPTextConfig text = draft.textEncoder();
    BpeVocabulary vocabulary =
        BpeVocabulary.learn(
            run.samples().labels().stream().map(captions::whole).toList(), maxTokens);
    if (vocabulary.size() > text.vocabSize()) {
      throw new IllegalArgumentException(
          "maxTokens: %d tokens were learned (expected: at most %d, vocab_size of the text encoder)"
              .formatted(vocabulary.size(), text.vocabSize()));
    }
    run.finish(folder -> vocabulary.write(folder, text.maxPositions()));
    return true;
  }
}
