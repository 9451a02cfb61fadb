package dev.synthorax.server.pipeline;

import dev.synthorax.server.config.PipelineConfig;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The words that a model was trained on, and what is to be said of a prompt with others.
 *
 * <p>A word is a run of letters, of digits or of symbols: {@code x-ray} is two words, as it is to a
 * CLIP tokenizer. A negation that the training prompts did not hold is told of its own.
 */
final class PromptWords {
  private static final int NAMED = 5;
  private static final int NAMED_CHARS = 24;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}]+|\\p{N}+|\\p{So}+");

  private static final Pattern NEGATION =
      Pattern.compile(
          "\\b(?:no|not|non|without|never|neither|nor|none|absent|absence|negative|lacks?|lacking"
              + "|excluded?|excluding|(?:free|clear|devoid) (?:of|from)|ruled? out)\\b"
              + "|\\bw/o\\b|\\b\\p{L}+n['\u2019]t\\b",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern WHITE_SPACE =
      Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private final Set<String> known;
  private final List<Pattern> taught;

  private PromptWords(Set<String> known, List<Pattern> taught) {
    this.known = known;
    this.taught = taught;
  }

  static PromptWords of(PipelineConfig config) {
    var known = new HashSet<String>();
    config.words().forEach(word -> known.addAll(words(word)));
    var taught =
        config.negations().stream()
            .map(
                phrase ->
                    Pattern.compile(
                        "\\b" + Pattern.quote(phrase) + "\\b", Pattern.UNICODE_CHARACTER_CLASS))
            .toList();
    return new PromptWords(known, taught);
  }

  /**
   * What a person should know about the words of a request; one sentence each, at most two a
   * prompt. Nothing where the model states no words.
   */
  List<String> warnings(String prompt, String negativePrompt) {
    var warnings = new ArrayList<String>();
    if (!known.isEmpty()) {
      warn(
          "prompt",
          prompt,
          "models of this kind draw what is named; leave it out, or name it in negative_prompt",
          warnings);
      warn("negative_prompt", negativePrompt, "name what must not be shown, without it", warnings);
    }
    return warnings;
  }

  private void warn(String field, String prompt, String ofNegations, List<String> warnings) {
    String text = plain(prompt);
    String untaught = text;
    for (Pattern phrase : taught) {
      untaught = phrase.matcher(untaught).replaceAll(" ");
    }
    Set<String> negations = new LinkedHashSet<>();
    NEGATION.matcher(untaught).results().map(MatchResult::group).forEach(negations::add);
    Set<String> unknown = new LinkedHashSet<>(words(NEGATION.matcher(text).replaceAll(" ")));
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      warnings.add(
          "%s: not among the words that this model was trained on: %s; what they do to the image means nothing."
              .formatted(field, named(unknown)));
    }
    if (!negations.isEmpty()) {
      warnings.add("%s: a negation (%s); %s.".formatted(field, named(negations), ofNegations));
    }
  }

  private static String plain(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    return WHITE_SPACE.matcher(composed).replaceAll(" ");
  }

  private static List<String> words(String text) {
    return WORD.matcher(text).results().map(MatchResult::group).toList();
  }

  private static String named(Collection<String> words) {
    var first = words.stream().limit(NAMED).map(PromptWords::shortened).toList();
    int others = words.size() - first.size();
    return String.join(", ", first) + (others == 0 ? "" : " and " + others + " more");
  }

  private static String shortened(String word) {
    int[] points = word.codePoints().limit(NAMED_CHARS + 1).toArray();
    return points.length <= NAMED_CHARS ? word : new String(points, 0, NAMED_CHARS) + "…";
  }
}
