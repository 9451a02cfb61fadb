package dev.synthorax.nn.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.GitLfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer folder as one description: its {@code tokenizer.json}, or the same made from CLIP's
 * older files.
 */
final class TokenizerFiles {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ADDED = "added_tokens";
  private static final String CONFIG = "tokenizer_config.json";

  private final byte[] json;
  private final SpecialIds special;

  private TokenizerFiles(byte[] json, SpecialIds special) {
    this.json = json;
    this.special = special;
  }

  /** Ids that are not words. */
  record SpecialIds(long start, long end, long padding) {}

  /** Reads a folder; see {@link ClipTokenizer#open}. */
  static TokenizerFiles read(Path folder) {
    Path whole = folder.resolve("tokenizer.json");
    JsonNode description =
        Files.exists(whole)
            ? tree(whole)
            : describe(tree(folder.resolve("vocab.json")), folder.resolve("merges.txt"), folder);
    String padding = paddingToken(folder);
    requireObject(description, folder);
    addSpecial((ObjectNode) description, padding);
    var special =
        new SpecialIds(
            id(description, ClipAlphabet.START, folder),
            id(description, ClipAlphabet.END, folder),
            id(description, padding, folder));
    return new TokenizerFiles(description.toString().getBytes(StandardCharsets.UTF_8), special);
  }

  byte[] json() {
    return json;
  }

  SpecialIds special() {
    return special;
  }

  private static JsonNode tree(Path file) {
    try {
      String json = Files.readString(file);
      if (GitLfs.isPointer(json)) {
        throw GitLfs.failure(file);
      }
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw failed(file + ": cannot be read as JSON (expected: a file of a CLIP tokenizer)", e);
    }
  }

  /**
   * SD 1.x pads with the end token, SD 2.x with "!". transformers keeps it in both files up to
   * version 4, in the second alone since.
   */
  private static String paddingToken(Path folder) {
    for (String name : List.of("special_tokens_map.json", CONFIG)) {
      Path file = folder.resolve(name);
      JsonNode token = Files.exists(file) ? tree(file).path("pad_token") : MAPPER.missingNode();
      JsonNode content = token.isObject() ? token.path("content") : token;
      if (content.isTextual()) {
        return content.textValue();
      }
    }
    return ClipAlphabet.END;
  }

  /**
   * Tokens that the folder's tokenizer gives at most, start and end included.
   *
   * @return {@code otherwise} where it does not say or says more
   */
  static int maxLength(Path folder, int otherwise) {
    Path file = folder.resolve(CONFIG);
    JsonNode length = Files.exists(file) ? tree(file).path("model_max_length") : null;
    return length == null || !length.isNumber()
        ? otherwise
        : (int) Math.clamp(length.doubleValue(), 2, otherwise);
  }

  /** A padding token is found in a prompt before any other rule, as transformers does. */
  private static void addSpecial(ObjectNode description, String token) {
    JsonNode id = description.path("model").path("vocab").path(token);
    if (!id.isIntegralNumber() || !(description.path(ADDED) instanceof ArrayNode added)) {
      return;
    }
    for (JsonNode known : added) {
      if (known.path("content").asText().equals(token)) {
        return;
      }
    }
    added.insert(0, special(id.asLong(), token));
  }

  private static ObjectNode special(long id, String token) {
    return MAPPER
        .createObjectNode()
        .put("id", id)
        .put("content", token)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static void requireObject(JsonNode description, Path folder) {
    if (!description.isObject()) {
      throw failed(
          folder.resolve("tokenizer.json") + ": not a JSON object (expected: a tokenizer)", null);
    }
  }

  private static long id(JsonNode description, String token, Path folder) {
    for (JsonNode added : description.path(ADDED)) {
      if (added.path("content").asText().equals(token)) {
        return added.path("id").asLong();
      }
    }
    JsonNode id = description.path("model").path("vocab").path(token);
    if (!id.isIntegralNumber()) {
      throw failed(folder + ": no token " + token + " (expected: in the vocabulary)", null);
    }
    return id.asLong();
  }

  private static ObjectNode describe(JsonNode vocabulary, Path mergesFile, Path folder) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray(ADDED);
    for (String token : new String[] {ClipAlphabet.START, ClipAlphabet.END}) {
      JsonNode id = vocabulary.path(token);
      if (!id.isIntegralNumber()) {
        throw failed(
            folder + ": vocab.json has no " + token + " (expected: a CLIP vocabulary)", null);
      }
      added.add(special(id.asLong(), token));
    }
    ArrayNode normalizers = sequence(root.putObject("normalizer"), "normalizers");
    normalizers.addObject().put("type", "NFC");
    ObjectNode spaces = normalizers.addObject().put("type", "Replace").put("content", " ");
    spaces.putObject("pattern").put("Regex", "\\s+");
    normalizers.addObject().put("type", "Lowercase");
    ArrayNode splits = sequence(root.putObject("pre_tokenizer"), "pretokenizers");
    ObjectNode words =
        splits.addObject().put("type", "Split").put("behavior", "Removed").put("invert", true);
    words.putObject("pattern").put("Regex", ClipAlphabet.WORDS);
    splits
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    root.putNull("post_processor");
    root.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", true)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE");
    model.putNull("dropout");
    model.put("unk_token", ClipAlphabet.END);
    model.put("continuing_subword_prefix", "");
    model.put("end_of_word_suffix", ClipAlphabet.WORD_END);
    model.put("fuse_unk", false);
    model.put("byte_fallback", false);
    model.set("vocab", vocabulary);
    addMerges(model.putArray("merges"), mergesFile);
    return root;
  }

  private static ArrayNode sequence(ObjectNode parent, String children) {
    return parent.put("type", "Sequence").putArray(children);
  }

  private static void addMerges(ArrayNode merges, Path file) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.startsWith("#version")) {
          merges.add(line);
        }
      }
    } catch (IOException e) {
      throw failed(file + ": cannot be read (expected: merges of a CLIP tokenizer)", e);
    }
  }

  private static InferenceException failed(String message, @Nullable Exception cause) {
    return new InferenceException(ErrorReason.MODEL_FAILED, message, cause);
  }
}
