package dev.synthorax.nn.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A byte-pair vocabulary in CLIP's file format, learned from prompts: 256 bytes, the same 256 at
 * the end of a word, merges, start and end. Any text can be written in it; frequent words take one
 * token.
 *
 * @see <a href="https://aclanthology.org/P16-1162/">Sennrich et al., subword units</a>
 */
public final class BpeVocabulary {
  private static final int FIXED_TOKENS = 514; // bytes twice, start, end

  private final List<Pair> merges;

  private BpeVocabulary(List<Pair> merges) {
    this.merges = List.copyOf(merges);
  }

  private record Pair(String left, String right) implements Comparable<Pair> {
    private static final Comparator<Pair> ORDER =
        Comparator.comparing(Pair::left).thenComparing(Pair::right);

    @Override
    public int compareTo(Pair other) {
      return ORDER.compare(this, other);
    }

    String joined() {
      return left + right;
    }
  }

  /** A word as the tokens it is written in so far, and how often it occurs. */
  private static final class Word {
    private List<String> tokens;
    private final long count;

    Word(String word, long count) {
      this.tokens = new ArrayList<>();
      for (int i = 0; i < word.length(); i++) {
        tokens.add(word.substring(i, i + 1));
      }
      tokens.set(tokens.size() - 1, tokens.getLast() + ClipAlphabet.WORD_END);
      this.count = count;
    }

    void merge(Pair pair) {
      var merged = new ArrayList<String>(tokens.size());
      for (int i = 0; i < tokens.size(); i++) {
        boolean matches =
            i + 1 < tokens.size()
                && tokens.get(i).equals(pair.left())
                && tokens.get(i + 1).equals(pair.right());
        merged.add(matches ? pair.joined() : tokens.get(i));
        i += matches ? 1 : 0;
      }
      tokens = merged;
    }
  }

  /**
   * Learns a vocabulary: the most frequent pair of neighbours becomes a token, again and again;
   * among equals the first in order of text. The same prompts give the same vocabulary, in any
   * order.
   *
   * @param prompts at least one
   * @param maxTokens upper bound of the vocabulary, at least 514
   */
  public static BpeVocabulary learn(Collection<String> prompts, int maxTokens) {
    if (prompts.isEmpty() || maxTokens < FIXED_TOKENS) {
      throw new IllegalArgumentException(
          "%d prompts, maxTokens %d (expected: at least 1, at least %d)"
              .formatted(prompts.size(), maxTokens, FIXED_TOKENS));
    }
    Map<String, Long> counts = new TreeMap<>();
    for (String prompt : prompts) {
      ClipAlphabet.words(prompt).forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    List<Word> words =
        counts.entrySet().stream().map(e -> new Word(e.getKey(), e.getValue())).toList();
    var merges = new ArrayList<Pair>();
    while (merges.size() < maxTokens - FIXED_TOKENS) {
      Pair next = mostFrequent(words);
      if (next == null) {
        break; // every word is one token
      }
      merges.add(next);
      words.forEach(word -> word.merge(next));
    }
    return new BpeVocabulary(merges);
  }

  private static @org.jspecify.annotations.Nullable Pair mostFrequent(List<Word> words) {
    Map<Pair, Long> counts = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.tokens.size(); i++) {
        counts.merge(new Pair(word.tokens.get(i), word.tokens.get(i + 1)), word.count, Long::sum);
      }
    }
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Pair, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /** Number of tokens. */
  public int size() {
    return FIXED_TOKENS + merges.size();
  }

  /**
   * Writes {@code vocab.json}, {@code merges.txt}, {@code tokenizer_config.json} and {@code
   * special_tokens_map.json}.
   *
   * @param folder made if missing
   * @param maxLength tokens that the text encoder reads, start and end included
   */
  public void write(Path folder, int maxLength) throws IOException {
    var mapper = new ObjectMapper();
    ObjectWriter pretty = mapper.writerWithDefaultPrettyPrinter();
    Files.createDirectories(folder);
    ObjectNode vocabulary = mapper.createObjectNode();
    List<String> characters = ClipAlphabet.characters();
    characters.forEach(token -> vocabulary.put(token, vocabulary.size()));
    characters.forEach(token -> vocabulary.put(token + ClipAlphabet.WORD_END, vocabulary.size()));
    merges.forEach(pair -> vocabulary.put(pair.joined(), vocabulary.size()));
    vocabulary.put(ClipAlphabet.START, vocabulary.size());
    vocabulary.put(ClipAlphabet.END, vocabulary.size());
    if (vocabulary.size() != size()) {
      throw new IllegalStateException(
          "%d tokens (expected: %d, all different)".formatted(vocabulary.size(), size()));
    }
    var lines = new StringBuilder("#version: 0.2\n");
    merges.forEach(pair -> lines.append(pair.left()).append(' ').append(pair.right()).append('\n'));
    ObjectNode special = mapper.createObjectNode();
    special.put("bos_token", ClipAlphabet.START);
    special.put("eos_token", ClipAlphabet.END);
    special.put("pad_token", ClipAlphabet.END);
    special.put("unk_token", ClipAlphabet.END);
    ObjectNode config = special.deepCopy();
    config.put("do_lower_case", true);
    config.put("model_max_length", maxLength);
    config.put("tokenizer_class", "CLIPTokenizer");
    Files.writeString(folder.resolve("merges.txt"), lines);
    Files.writeString(
        folder.resolve("special_tokens_map.json"), pretty.writeValueAsString(special) + "\n");
    Files.writeString(
        folder.resolve("tokenizer_config.json"), pretty.writeValueAsString(config) + "\n");
    Files.writeString(folder.resolve("vocab.json"), pretty.writeValueAsString(vocabulary) + "\n");
  }
}
