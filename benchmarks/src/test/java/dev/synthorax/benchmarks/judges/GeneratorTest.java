package dev.synthorax.benchmarks.judges;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  @Test
  void caption_phantom_namesTheDomainAsTheRecipesCaptionsDo() {
    var phantom = TestPhantoms.of(2_000_000, 1, 64).getFirst().info();

    assertThat(Generator.caption(phantom)).isEqualTo(phantom.text() + ", phantom");
    assertThat(Generator.caption(phantom.toBuilder().attributes(Map.of()).build()))
        .isEqualTo(phantom.text());
  }
}
