package dev.synthorax.client.yaml;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Where each key of a YAML file stands, and what is written there. */
public final class YamlLines {
  private final Map<String, Integer> lines = new HashMap<>();
  private final Map<String, String> values = new HashMap<>();

  private YamlLines() {}

  /** Reads as far as {@code text} is YAML. */
  public static YamlLines of(String text) {
    YamlLines result = new YamlLines();
    try (JsonParser parser = new YAMLFactory().createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String key = key(parser.getParsingContext(), token);
        int line = parser.currentTokenLocation().getLineNr();
        result.lines.putIfAbsent(key, line);
        if (token.isScalarValue()) {
          result.values.put(key, parser.getText());
        }
      }
    } catch (IOException e) {
      return result; // the reader of values says what is wrong
    }
    return result;
  }

  private static String key(JsonStreamContext context, JsonToken token) {
    JsonStreamContext at =
        token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY
            ? context.getParent()
            : context;
    StringBuilder key = new StringBuilder();
    while (at != null && !at.inRoot()) {
      if (at.inArray()) {
        key.insert(0, "[" + at.getCurrentIndex() + "]");
      } else if (at.getCurrentName() != null) {
        key.insert(0, at.getCurrentName());
      }
      at = at.getParent();
      if (at != null && !at.inRoot() && key.indexOf("[") != 0) {
        key.insert(0, ".");
      }
    }
    return key.toString();
  }

  /** Returns {@code :line} of a key, or of the nearest one around it. */
  public String at(String key) {
    String nearest = key;
    while (!nearest.isEmpty()) {
      Integer line = lines.get(nearest);
      if (line != null) {
        return ":" + line;
      }
      int end = Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['));
      nearest = nearest.substring(0, Math.max(0, end));
    }
    return ":1";
  }

  /** Returns what is written under a key, in quotes and with a space; empty where it is no word. */
  public String value(String key) {
    String value = values.get(key);
    return value == null ? "" : "'" + value + "' ";
  }
}
