package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each call of the driver fails once, in each way: nothing leaks, and the failure has a reason. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
final class CudaFailuresIT {

  @ParameterizedTest
  @CsvSource({
    "2, ONCE, OUT_OF_MEMORY",
    "701, ONCE, BACKEND_FAILURE",
    "719, STICKY, DEVICE_LOST",
    "700, LATER, DEVICE_LOST"
  })
  void call_fails_leavesNothingBehind(
      int failure, FakeDriver.How how, ErrorReason expected, FakeDriver fake) {
    use();
    Map<String, Long> calls = fake.calls();
    int failures = 0;

    for (var call : calls.entrySet()) {
      for (long n = 1; n <= call.getValue(); n++) {
        fake.reset();
        long mark = NativeHandles.mark();
        fake.inject(call.getKey(), n, failure, how);
        try {
          use();
        } catch (InferenceException thrown) {
          failures++;
          assertThat(thrown.reason())
              .as("%s, call %d: %s", call.getKey(), n, thrown.getMessage())
              .isIn(expected, ErrorReason.UNSUPPORTED);
          assertThat(thrown.getMessage()).hasLineCount(1);
        }
        String where = call.getKey() + ", call " + n;
        assertThat(fake.injected()).as(where).isTrue();
        assertThat(fake.violations()).as(where).isEmpty();
        assertThat(fake.leaks()).as(where).isEmpty();
        assertThat(NativeHandles.leaksSince(mark)).as(where).isEmpty();
      }
    }

    assertThat(failures).isGreaterThan(how == FakeDriver.How.LATER ? 3 : calls.size() / 2);
  }

  /** All that a backend does with a device. */
  private static void use() {
    try (CudaDriver driver = CudaDriver.open()) {
      Device device = driver.devices().getFirst();
      assertThat(driver.freeBytes(device)).isPositive();
      try (DeviceMemory staging = driver.openStaging(device, 64);
          DeviceMemory memory = driver.openMemory(device, 64);
          DeviceFence fence = driver.openFence(device);
          DeviceStream stream = driver.openStream(device);
          DeviceStream other = driver.openStream(device)) {
        stream.copy(staging.buffer(), memory.buffer());
        stream.zero(memory.buffer());
        stream.record(fence);
        other.waitFor(fence);
        other.copy(memory.buffer(), staging.buffer());
        other.record(fence);
        assertThat(fence.passed()).isFalse();
        fence.await();
        try (CudaDriver.Graph graph = driver.capture(stream, () -> stream.zero(memory.buffer()))) {
          graph.launch(stream);
          stream.synchronize();
        }
      }
    }
  }
}
