package dev.synthorax.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.server.config.Unconditional;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.scheduler.PriorityClass;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that guidance takes, by what a model was trained to read where it is told nothing. */
final class GenerationRequestTest {
  @ParameterizedTest
  @CsvSource(
      value = {
        // prompt, negative, mask, guidance, unconditional, guided, rows with the mask
        "lungs, '', false, 5, EMPTY_PROMPT, true, 0",
        "lungs, '', true, 5, EMPTY_PROMPT, true, 2",
        "lungs, '', true, 1, EMPTY_PROMPT, false, 1",
        "'', '', true, 5, EMPTY_PROMPT, false, 1",
        "'', tubes, true, 5, EMPTY_PROMPT, true, 2",
        "lungs, lungs, false, 5, EMPTY_PROMPT, false, 0",
        "lungs, '', false, 5, ZERO, true, 0",
        "lungs, '', true, 5, ZERO, true, 1",
        "'', '', true, 5, ZERO, true, 1",
        "'', '', false, 5, ZERO, false, 0",
        "lungs, '', true, 1, ZERO, false, 1"
      })
  void rows_anyRequest_areThoseThatDiffer(
      String prompt,
      String negativePrompt,
      boolean masked,
      float guidanceScale,
      Unconditional unconditional,
      boolean guided,
      int controlRows) {
    var request =
        new GenerationRequest(
            prompt,
            negativePrompt,
            masked
                ? new MaskCondition(
                    new float[1], List.of(new MaskCondition.Given("lungs", "", false)))
                : null,
            null,
            new GenerationSettings(
                4,
                guidanceScale,
                NoiseScheduler.Kind.DDIM,
                7,
                1,
                PriorityClass.NORMAL,
                OutputEncoding.PNG_GRAY8,
                null));

    assertThat(request.guided(unconditional)).isEqualTo(guided);
    assertThat(request.controlRows(unconditional)).isEqualTo(controlRows);
  }
}
