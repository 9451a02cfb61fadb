package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> NAMES =
      List.of("train", "test", "validation", "generate", "--label-flips", "--label-doubts");

  @ParameterizedTest
  @CsvSource({
    "tset, test",
    "TRIAN, train",
    "valid, validation",
    "genrate, generate",
    "--lable-flips, --label-flips",
  })
  void of_mistypedWord_isTheWordMeant(String typed, String meant) {
    assertThat(Nearest.of(typed, NAMES)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({"frobnicate", "t", "--label-", "lung"})
  void of_wordThatMayBeAnythingOrNothing_isNull(String typed) {
    assertThat(Nearest.of(typed, NAMES)).isNull();
  }

  @Test
  void of_twoAsNear_isNull() {
    assertThat(Nearest.of("bat", List.of("cat", "hat"))).isNull();
  }

  @ParameterizedTest
  @CsvSource({"abc, abc, 0", "abc, acb, 1", "abc, ab, 1", "'', abc, 3", "kitten, sitting, 3"})
  void distance_anyPair_isTheFewestSlips(String a, String b, int slips) {
    assertThat(Nearest.distance(a, b)).isEqualTo(slips);
  }
}
