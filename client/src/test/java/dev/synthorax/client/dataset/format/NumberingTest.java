package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberingTest {
  @ParameterizedTest
  @CsvSource({
    "patient00012, 12",
    "patient123456, 123456",
    "patient0012, ",
    "patient000012, ",
    "patient-0012, ",
    "patient00012x, ",
    "Patient00012, ",
    "patient1234567890, ",
  })
  void own_name_isANumberOnlyIfItWouldBeWrittenSo(String name, Integer expected) {
    assertThat(Numbering.own("patient", 5, name, "")).isEqualTo(expected);
  }

  @Test
  void of_names_keepTheirNumbersAndOthersTakeFreeOnes() {
    Numbering numbering = new Numbering(7);

    assertThat(numbering.of("eight", 8)).isEqualTo(8);
    assertThat(numbering.of("a", null)).isEqualTo(7);
    assertThat(numbering.of("b", null)).isEqualTo(9);
    assertThat(numbering.of("a", null)).isEqualTo(7);
  }

  @Test
  void of_numberGivenToAnother_namesBoth() {
    Numbering numbering = new Numbering(1);
    int given = numbering.of("a", null);

    assertThatThrownBy(() -> numbering.of("patient00001", given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'patient00001': its number 1 is already that of 'a'");
  }
}
