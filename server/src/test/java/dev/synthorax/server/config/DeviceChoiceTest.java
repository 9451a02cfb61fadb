package dev.synthorax.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeviceChoiceTest {
  private static final Device CPU = new Device(Device.Kind.CPU, 0, "a processor");
  private static final Device GPU_0 = new Device(Device.Kind.GPU, 0, "a card");
  private static final Device GPU_1 = new Device(Device.Kind.GPU, 1, "another card");

  @Test
  void of_nothingChosen_isEveryDeviceOfThePreferredKind() {
    assertThat(DeviceChoice.ALL.of(List.of(GPU_0, GPU_1, CPU))).containsExactly(GPU_0, GPU_1);
    assertThat(DeviceChoice.ALL.of(List.of(CPU))).containsExactly(CPU);
  }

  @Test
  void of_processors_isOne() {
    var second = new Device(Device.Kind.CPU, 1, "a second socket");

    assertThat(DeviceChoice.ALL.of(List.of(CPU, second))).containsExactly(CPU);
  }

  @Test
  void of_someChosen_areThoseInTheirOrderAndOnce() {
    assertThat(new DeviceChoice(List.of(1, 0, 1)).of(List.of(GPU_0, GPU_1)))
        .containsExactly(GPU_1, GPU_0);
  }

  @Test
  void of_aDeviceThatIsNotThere_isRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> new DeviceChoice(List.of(0, 7)).of(List.of(GPU_0, GPU_1)))
        .hasMessage("device: 7 (expected: one of [GPU 0, GPU 1])");
  }
}
