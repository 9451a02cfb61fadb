package dev.synthorax.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "no such folder (expected: a folder)", "Größe выпот 胸水 🫁", "\\u001b"})
  void line_ordinaryText_isLeftAlone(String text) {
    assertThat(PlainText.line(text)).isEqualTo(text);
    assertThat(PlainText.isPlain(text)).isTrue();
  }

  @Test
  void line_whatMovesTheCursorOrStartsALine_isShown() {
    assertThat(PlainText.line("a\nb\r\tc\u0000\u001b[2J\u007f\u009b1A\u0085"))
        .isEqualTo("a\\nb\\r\\tc\\u0000\\u001b[2J\\u007f\\u009b1A\\u0085");
  }

  @Test
  void line_whatTurnsTheDirectionOrIsHalfACharacter_isShown() {
    String text = "a\u202eb\u2066c\u2028d" + '\uD800';

    assertThat(PlainText.line(text)).isEqualTo("a\\u202eb\\u2066c\\u2028d\\ud800");
    assertThat(PlainText.isPlain(text)).isFalse();
  }
}
