package dev.synthorax.server.png;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a PNG says of itself: texts by keyword, in order. A text in Latin-1 is a {@code tEXt} chunk,
 * any other an {@code iTXt} chunk in UTF-8.
 *
 * @param texts by keywords of the PNG specification; control characters other than line feeds are
 *     replaced by U+FFFD, empty texts are left out
 * @see <a href="https://www.w3.org/TR/png-3/#11keywords">PNG specification: keywords</a>
 */
public record PngText(Map<String, String> texts) {
  /** No text. */
  public static final PngText NONE = new PngText(Map.of());

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1F\\x7F-\\x9F&&[^\\n]]");

  /** Replaces and leaves out. */
  public PngText {
    Map<String, String> plain = new LinkedHashMap<>();
    texts.forEach(
        (keyword, text) -> {
          if (!text.isEmpty()) {
            plain.put(keyword, CONTROL.matcher(text).replaceAll("\uFFFD"));
          }
        });
    texts = Collections.unmodifiableMap(plain);
  }

  /** Type of the chunk that holds a text. */
  static String chunkType(String text) {
    return isLatin1(text) ? "tEXt" : "iTXt";
  }

  /** Data of the chunk that holds a text. */
  static byte[] chunkData(String keyword, String text) {
    var data = new ByteArrayOutputStream();
    data.writeBytes(keyword.getBytes(ISO_8859_1));
    data.write(0);
    if (isLatin1(text)) {
      data.writeBytes(text.getBytes(ISO_8859_1));
    } else {
      data.writeBytes(new byte[4]); // not compressed, by method 0; no language, no translation
      data.writeBytes(text.getBytes(UTF_8));
    }
    return data.toByteArray();
  }

  private static boolean isLatin1(String text) {
    return ISO_8859_1.newEncoder().canEncode(text);
  }
}
