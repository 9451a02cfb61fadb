package dev.synthorax.nn.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.charset.StandardCharsets;
import java.util.List;

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
  static TokenizerFiles read(ModelFile folder, int vocabulary) {
    ModelFile whole = folder.resolve("tokenizer.json");
    boolean one = whole.exists();
    ModelFile words = one ? whole : folder.resolve("vocab.json");
    JsonNode description =
        one ? tree(whole) : describe(tree(words), folder.resolve("merges.txt"), words);
    String padding = paddingToken(folder);
    if (!(description instanceof ObjectNode object)) {
      throw whole.failed("not a JSON object (expected: a tokenizer)", null);
    }
    addSpecial(object, padding);
    requireWithin(description, vocabulary, words);
    var special =
        new SpecialIds(
            id(description, ClipAlphabet.START, folder),
            id(description, ClipAlphabet.END, folder),
            id(description, padding, folder));
    return new TokenizerFiles(description.toString().getBytes(StandardCharsets.UTF_8), special);
  }

  /** A text encoder has an embedding for each id below its vocabulary's size and for no other. */
  private static void requireWithin(JsonNode description, int vocabulary, ModelFile file) {
    for (var token : description.path("model").path("vocab").properties()) {
      requireWithin(token.getKey(), token.getValue(), vocabulary, file);
    }
    for (JsonNode added : description.path(ADDED)) {
      requireWithin(added.path("content").asText(), added.path("id"), vocabulary, file);
    }
  }

  private static void requireWithin(String token, JsonNode id, int vocabulary, ModelFile file) {
    if (!id.isIntegralNumber()
        || !id.canConvertToInt()
        || id.intValue() < 0
        || id.intValue() >= vocabulary) {
      throw file.failed(
          "token %s has id %s (expected: 0 to %d, as the text encoder's vocab_size says)"
              .formatted(quoted(token), id, vocabulary - 1),
          null);
    }
  }

  private static String quoted(String token) {
    return MAPPER.getNodeFactory().textNode(token).toString();
  }

  byte[] json() {
    return json;
  }

  SpecialIds special() {
    return special;
  }

  private static JsonNode tree(ModelFile file) {
    try {
      return MAPPER.readTree(file.text("a file of a CLIP tokenizer"));
    } catch (JsonProcessingException e) {
      throw file.failed("cannot be read as JSON (expected: a file of a CLIP tokenizer)", e);
    }
  }

  /**
   * SD 1.x pads with the end token, SD 2.x with "!". transformers keeps it in both files up to
   * version 4, in the second alone since.
   */
  private static String paddingToken(ModelFile folder) {
    for (String name : List.of("special_tokens_map.json", CONFIG)) {
      ModelFile file = folder.resolve(name);
      JsonNode token = file.exists() ? tree(file).path("pad_token") : MAPPER.missingNode();
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
  static int maxLength(ModelFile folder, int otherwise) {
    ModelFile file = folder.resolve(CONFIG);
    JsonNode length = file.exists() ? tree(file).path("model_max_length") : null;
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

  private static long id(JsonNode description, String token, ModelFile folder) {
    for (JsonNode added : description.path(ADDED)) {
      if (added.path("content").asText().equals(token)) {
        return added.path("id").asLong();
      }
    }
    JsonNode id = description.path("model").path("vocab").path(token);
    if (!id.isIntegralNumber()) {
      throw folder.failed("no token " + token + " (expected: in the vocabulary)", null);
    }
    return id.asLong();
  }

  private static ObjectNode describe(JsonNode vocabulary, ModelFile mergesFile, ModelFile file) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray(ADDED);
    for (String token : new String[] {ClipAlphabet.START, ClipAlphabet.END}) {
      JsonNode id = vocabulary.path(token);
      if (!id.isIntegralNumber()) {
        throw file.failed("no token " + token + " (expected: a CLIP vocabulary)", null);
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

  private static void addMerges(ArrayNode merges, ModelFile file) {
    file.text("merges of a CLIP tokenizer")
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#version"))
        .forEach(merges::add);
  }
}
