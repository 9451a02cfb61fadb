package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What CUDA's driver does on any device, a fake or not. */
@SuppressWarnings("MustBeClosedChecker") // where nothing opens
abstract class DriverContract {

  @Test
  void open_driver_describesItsDevices() {
    try (CudaDriver driver = CudaDriver.open()) {
      Device device = driver.devices().getFirst();

      assertThat(driver.version()).matches("\\d+\\.\\d+");
      assertThat(device.kind()).isEqualTo(Device.Kind.GPU);
      assertThat(device.description()).contains("sm_" + driver.computeCapability(device));
      assertThat(driver.freeBytes(device)).isPositive();
      assertThat(driver.figures(device)).isNotNull();
    }
  }

  @Test
  void openMemory_moreThanAnyDeviceHas_isOutOfMemoryAndTheDeviceGoesOn() {
    try (CudaDriver driver = CudaDriver.open()) {
      Device device = driver.devices().getFirst();

      assertFailure(() -> driver.openMemory(device, 1L << 42), ErrorReason.OUT_OF_MEMORY)
          .isEqualTo("GPU 0: no room for 4398046511104 bytes");
      driver.openMemory(device, 1 << 20).close();
    }
  }

  @Test
  void graph_launched_runsWhatWasRecordedAgain() {
    try (CudaDriver driver = CudaDriver.open();
        DeviceStream stream = driver.openStream(driver.devices().getFirst());
        DeviceMemory memory = driver.openMemory(driver.devices().getFirst(), 1);
        DeviceMemory staging = driver.openStaging(driver.devices().getFirst(), 2)) {
      DeviceBuffer in = staging.buffer().slice(0, 1);
      DeviceBuffer out = staging.buffer().slice(1, 1);
      try (CudaDriver.Graph graph =
          driver.capture(
              stream,
              () -> {
                stream.copy(in, memory.buffer());
                stream.copy(memory.buffer(), out);
              })) {
        stream.synchronize();
        in.host().set(JAVA_BYTE, 0, (byte) 5);
        assertThat(out.host().get(JAVA_BYTE, 0)).isZero();

        for (byte value = 6; value < 9; value++) {
          in.host().set(JAVA_BYTE, 0, value);
          graph.launch(stream);
          stream.synchronize();
          assertThat(out.host().get(JAVA_BYTE, 0)).isEqualTo(value);
        }
      }
    }
  }

  @Test
  void capture_ofWorkThatWaits_isUnsupportedAndTheStreamGoesOn() {
    try (CudaDriver driver = CudaDriver.open();
        DeviceStream stream = driver.openStream(driver.devices().getFirst());
        DeviceMemory memory = driver.openMemory(driver.devices().getFirst(), 8)) {
      assertFailure(() -> driver.capture(stream, stream::synchronize), ErrorReason.UNSUPPORTED)
          .startsWith("GPU 0: CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED (900)");
      assertThatThrownBy(
              () ->
                  driver.capture(
                      stream,
                      () -> {
                        throw new IllegalStateException("of the work");
                      }))
          .hasMessage("of the work");

      stream.zero(memory.buffer());
      stream.synchronize();
    }
  }

  static AbstractStringAssert<?> assertFailure(ThrowingCallable call, ErrorReason reason) {
    InferenceException failure = catchThrowableOfType(InferenceException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.reason()).isEqualTo(reason);
    return assertThat(failure.getMessage());
  }
}
