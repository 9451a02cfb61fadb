package dev.synthorax.client.image;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the texts before the pixels of a PNG, as {@link GrayPngEncoder} writes them: those of
 * registered keywords, not compressed, without a language.
 */
final class PngNotesReader {
  private static final int CHUNK_HEAD = 8; // length, type
  private static final int CHUNK_END = 4; // checksum
  private static final int TEXT_HEAD = 4; // flag, method, empty language, no other keyword
  private static final Set<String> KEYWORDS =
      Set.of(
          PngNotes.TITLE,
          PngNotes.DESCRIPTION,
          PngNotes.SOFTWARE,
          PngNotes.SOURCE,
          PngNotes.DISCLAIMER,
          PngNotes.COMMENT);

  private PngNotesReader() {}

  /**
   * Returns the texts in their order; of a damaged file those before the damage.
   *
   * @param start of the first chunk
   */
  static PngNotes read(byte[] png, int start) {
    Map<String, String> texts = new LinkedHashMap<>();
    ByteBuffer file = ByteBuffer.wrap(png);
    int at = start;
    while (at <= png.length - CHUNK_HEAD) {
      int length = file.getInt(at);
      String type = new String(png, at + 4, 4, StandardCharsets.US_ASCII);
      int data = at + CHUNK_HEAD;
      if (length < 0 || length > png.length - data - CHUNK_END || type.equals("IDAT")) {
        break;
      }
      switch (type) {
        case "tEXt" -> add(texts, png, data, length, 0, StandardCharsets.ISO_8859_1);
        case "iTXt" -> add(texts, png, data, length, TEXT_HEAD, StandardCharsets.UTF_8);
        default -> {}
      }
      at = data + length + CHUNK_END;
    }
    return new PngNotes(texts);
  }

  /** Adds a text that stands {@code head} zeros after its keyword's end. */
  private static void add(
      Map<String, String> texts, byte[] png, int start, int length, int head, Charset charset) {
    int end = start + length;
    int zero = start;
    while (zero < end && png[zero] != 0) {
      zero++;
    }
    int text = zero + 1 + head;
    String keyword = new String(png, start, zero - start, StandardCharsets.ISO_8859_1);
    if (text > end || !KEYWORDS.contains(keyword)) {
      return;
    }
    for (int i = zero; i < text; i++) {
      if (png[i] != 0) {
        return; // compressed, or in a language
      }
    }
    texts.putIfAbsent(keyword, new String(png, text, end - text, charset));
  }
}
