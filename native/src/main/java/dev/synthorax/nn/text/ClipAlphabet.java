package dev.synthorax.nn.text;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CLIP's tokenizer starts from: how text falls into words, and a printable character for each
 * byte.
 *
 * @see <a href="https://github.com/openai/CLIP">the reference tokenizer's repository</a>
 */
final class ClipAlphabet {
  static final String START = "<|startoftext|>";
  static final String END = "<|endoftext|>";
  static final String WORD_END = "</w>";

  /** Contractions, runs of letters, single digits, runs of anything else. */
  static final String WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private static final Pattern WORD = Pattern.compile(WORDS, Pattern.UNICODE_CHARACTER_CLASS);
  private static final int BYTES = 256;
  private static final char[] OF_BYTE = new char[BYTES];

  static {
    // Printable bytes stand for themselves; the others are numbered from 256 on.
    int next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      OF_BYTE[value] = (char) (isPrintable(value) ? value : next++);
    }
  }

  private ClipAlphabet() {}

  private static boolean isPrintable(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
  }

  /**
   * The characters of all bytes in the vocabulary's order: printable ones first, each group
   * ascending.
   */
  static List<String> characters() {
    var printable = new ArrayList<String>();
    var others = new ArrayList<String>();
    for (int value = 0; value < BYTES; value++) {
      (isPrintable(value) ? printable : others).add(String.valueOf(OF_BYTE[value]));
    }
    printable.addAll(others);
    return printable;
  }

  /** The words of a text in order, lower-case, each as the characters of its UTF-8 bytes. */
  static List<String> words(String text) {
    var words = new ArrayList<String>();
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    Matcher matcher = WORD.matcher(composed);
    while (matcher.find()) {
      var word = new StringBuilder();
      for (byte value : matcher.group().getBytes(StandardCharsets.UTF_8)) {
        word.append(OF_BYTE[Byte.toUnsignedInt(value)]);
      }
      words.add(word.toString());
    }
    return words;
  }
}
