package dev.synthorax.benchmarks.judges;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SideJudgeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          large left pleural effusion                        | true
          left pleural effusion, atelectasis of the left lung | true
          Right pneumothorax                                  | true
          left effusion and right pneumothorax                | false
          bilateral effusions, larger on the left             | false
          bright aorta                                        | false
          no acute findings                                   | false
          """)
  void namesOneSide_wordsOfAPrompt_countWhole(String prompt, boolean one) {
    assertThat(SideJudge.namesOneSide(prompt)).isEqualTo(one);
  }
}
