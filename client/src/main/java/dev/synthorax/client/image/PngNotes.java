package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a PNG says of itself in words: texts by keyword, in a fixed order. A text in Latin-1 becomes
 * a {@code tEXt} chunk, any other an {@code iTXt} chunk in UTF-8.
 *
 * @param texts text by keyword; a keyword has 1..79 printable Latin-1 characters; in a text, every
 *     control character but the line feed has become U+FFFD
 * @see <a href="https://www.w3.org/TR/png-3/#11keywords">PNG, third edition: keywords</a>
 */
public record PngNotes(Map<String, String> texts) {
  /** No text at all. */
  public static final PngNotes NONE = new PngNotes(Map.of());

  /** Registered keyword: one line on what the image is. */
  public static final String TITLE = "Title";

  /** Registered keyword: what is to be seen; here the prompt. */
  public static final String DESCRIPTION = "Description";

  /** Registered keyword: the program that made the image, with its version. */
  public static final String SOFTWARE = "Software";

  /** Registered keyword: the device that made the image; here model or phantom. */
  public static final String SOURCE = "Source";

  /** Registered keyword: what the image is not for. */
  public static final String DISCLAIMER = "Disclaimer";

  /** Registered keyword: anything else; here seed and settings, as a JSON object. */
  public static final String COMMENT = "Comment";

  private static final String OURS = "Synthorax "; // version follows
  private static final String SYNTHETIC = "Synthetic: ";
  private static final String KEYWORD =
      "[\\x21-\\x7E\\xA1-\\xFF]([\\x20-\\x7E\\xA1-\\xFF]{0,77}[\\x21-\\x7E\\xA1-\\xFF])?";

  /** Checks the keywords and copies the map, without the texts that are empty. */
  public PngNotes {
    Map<String, String> copy = new LinkedHashMap<>();
    texts.forEach(
        (keyword, text) -> {
          if (!keyword.matches(KEYWORD) || keyword.contains("  ")) {
            throw new IllegalArgumentException(
                "PNG keyword: '"
                    + keyword
                    + "' (expected: 1..79 printable Latin-1 characters, single spaces within)");
          }
          String plain = text.replaceAll("[\\p{Cntrl}\\x80-\\x9F&&[^\\n]]", "\uFFFD");
          if (!plain.isEmpty()) {
            copy.put(keyword, plain);
          }
        });
    texts = Collections.unmodifiableMap(copy);
  }

  /**
   * Returns the text of an image that no patient gave.
   *
   * @param software the program and its version
   * @param source what made it: a model and its version, or a phantom's site
   * @param prompt what it was asked to show; empty: nothing
   * @param settings seed and settings, as a JSON object
   */
  public static PngNotes synthetic(String software, String source, String prompt, String settings) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(TITLE, "Synthetic chest radiograph");
    texts.put(DESCRIPTION, requireNonNull(prompt, "prompt"));
    texts.put(SOFTWARE, requireNonNull(software, "software"));
    texts.put(SOURCE, requireNonNull(source, "source"));
    texts.put(DISCLAIMER, SYNTHETIC + "shows no patient; not for diagnosis");
    texts.put(COMMENT, requireNonNull(settings, "settings"));
    return new PngNotes(texts);
  }

  /** Returns whether Synthorax made the image and says that it is synthetic. */
  boolean isSynthetic() {
    return texts.getOrDefault(SOFTWARE, "").startsWith(OURS)
        && texts.getOrDefault(DISCLAIMER, "").startsWith(SYNTHETIC);
  }

  /** Returns whether {@code text} fits a {@code tEXt} chunk. */
  static boolean isLatin1(String text) {
    CharsetEncoder latin1 = StandardCharsets.ISO_8859_1.newEncoder();
    return latin1.canEncode(text);
  }
}
