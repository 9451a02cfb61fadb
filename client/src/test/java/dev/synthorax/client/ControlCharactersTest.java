package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCharactersTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 7, 8, 0x0B, 0x0D, 0x1B, 0x7F, 0x80, 0x85, 0x9B, 0x9F, 0x061C, 0x200E, 0x200F, 0x2028,
        0x2029, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF
      })
  void oneLine_control_becomesVisible(int c) {
    String text = "a" + (char) c + "b";

    assertThat(ControlCharacters.oneLine(text)).isEqualTo(String.format("a\\u%04xb", c));
    assertThat(ControlCharacters.escape(text)).isEqualTo(String.format("a\\u%04xb", c));
  }

  @Test
  void oneLine_lineFeed_isVisibleAndKeptByEscape() {
    assertThat(ControlCharacters.oneLine("a\nb\tc")).isEqualTo("a\\u000ab\tc");
    assertThat(ControlCharacters.escape("a\nb\tc")).isEqualTo("a\nb\tc");
  }

  @Test
  void oneLine_wordsOfAnyScript_stayAsTheyAre() {
    String text = "pleural effusion · Pleuraerguß · 胸水 · می‌خواهم · ✓ 🫁";

    assertThat(ControlCharacters.oneLine(text)).isSameAs(text);
  }
}
