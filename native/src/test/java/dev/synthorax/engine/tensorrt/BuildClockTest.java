package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildClockTest {
  private final List<String> told = new ArrayList<>();
  private long nanos = Duration.ofDays(1).toNanos();

  @Test
  void report_whileItGoesOn_tellsTheSecondsSinceItsStart() {
    try (var clock = new BuildClock("unet.onnx is compiled for GPU 0", told::add, () -> nanos)) {
      nanos += Duration.ofSeconds(15).toNanos();
      clock.report();

      assertThat(clock.seconds()).isEqualTo(15);
    }

    assertThat(told)
        .containsExactly(
            "unet.onnx is compiled for GPU 0 (0 s so far)",
            "unet.onnx is compiled for GPU 0 (15 s so far)");
  }
}
