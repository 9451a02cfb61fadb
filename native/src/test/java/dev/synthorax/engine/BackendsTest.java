package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

class BackendsTest {

  @Test
  void names_onThisClassPath_holdOnnxRuntime() {
    assertThat(Backends.names()).contains("onnxruntime-cpu");
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // nothing opens
  void open_unknownName_saysWhatThereIs() {
    var failure = catchThrowableOfType(InferenceException.class, () -> Backends.open("abacus"));

    assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED);
    assertThat(failure)
        .hasMessageStartingWith("backend: abacus (expected: auto or one of ")
        .hasMessageContaining("onnxruntime-cpu")
        .hasNoCause();
  }
}
