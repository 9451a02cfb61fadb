package dev.synthorax.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.Precision;
import org.junit.jupiter.api.Test;

final class PrecisionChoiceTest {
  private static final Device CPU = new Device(Device.Kind.CPU, 0, "test");
  private static final Device GPU = new Device(Device.Kind.GPU, 0, "test");

  @Test
  void on_auto_isTheDevicesOwn() {
    assertThat(PrecisionChoice.AUTO.on(CPU)).isEqualTo(Precision.FP32);
    assertThat(PrecisionChoice.AUTO.on(GPU)).isEqualTo(Precision.FP16);
  }

  @Test
  void on_named_isThatEverywhere() {
    for (Device device : new Device[] {CPU, GPU}) {
      assertThat(PrecisionChoice.FP32.on(device)).isEqualTo(Precision.FP32);
      assertThat(PrecisionChoice.FP16.on(device)).isEqualTo(Precision.FP16);
      assertThat(PrecisionChoice.BF16.on(device)).isEqualTo(Precision.BF16);
    }
  }
}
