package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices, their memory and their failures, on a fake driver. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
@SuppressWarnings("MustBeClosedChecker") // where nothing opens
final class CudaDriverIT extends DriverContract {
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int OUT_OF_RESOURCES = 701;

  @Test
  void open_oldDriver_saysWhichVersionItWants(FakeDriver fake) {
    fake.setVersion(11_080);

    assertUnsupported(
        "CUDA: the driver is of CUDA 11.8 (expected: 12.0 or newer; install NVIDIA's");
  }

  @Test
  void open_noDevice_saysWhereToLook(FakeDriver fake) {
    fake.setDevices(0);

    assertUnsupported(
        "CUDA: the driver 13.0 sees no device (expected: an NVIDIA GPU; see nvidia-smi");
  }

  @Test
  void open_driverThatDoesNotStart_namesItsError(FakeDriver fake) {
    fake.inject("cuInit", 1, 803, FakeDriver.How.ONCE);

    assertUnsupported(
        "CUDA: the driver does not start: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803) from cuInit");
  }

  private static void assertUnsupported(String message) {
    assertThatThrownBy(CudaDriver::open)
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessageStartingWith(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void devices_several_areDescribed(FakeDriver fake) {
    fake.setDevices(2);
    try (CudaDriver driver = CudaDriver.open()) {
      assertThat(driver.version()).isEqualTo("13.0");
      assertThat(driver.devices())
          .containsExactly(
              new Device(Device.Kind.GPU, 0, "Fake GPU 0, sm_90, 4.0 GiB"),
              new Device(Device.Kind.GPU, 1, "Fake GPU 1, sm_90, 4.0 GiB"));
      assertThat(driver.computeCapability(driver.devices().getLast())).isEqualTo(90);
    }
  }

  @Test
  void figures_deviceThatDoesNotTellAll_haveGaps(FakeDriver fake) {
    fake.setDevices(2);
    try (CudaDriver driver = CudaDriver.open()) {
      assertThat(driver.figures(driver.devices().getFirst()))
          .isEqualTo(new CudaDriver.Figures("580.00.01", 1000L, 4000L, 0.42, 61, 250.5));
      assertThat(driver.figures(driver.devices().getLast()).powerWatts()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void openMemory_moreThanThereIs_isOutOfMemory(boolean pools, FakeDriver fake) {
    fake.setPools(pools);
    fake.setMemory(10_000);
    try (CudaDriver driver = CudaDriver.open()) {
      Device device = driver.devices().getFirst();
      try (DeviceMemory some = driver.openMemory(device, 6_000)) {
        InferenceException failure =
            catchThrowableOfType(
                InferenceException.class, () -> driver.openMemory(device, 6_000).close());

        assertThat(failure.reason()).isEqualTo(ErrorReason.OUT_OF_MEMORY);
        assertThat(failure).hasMessage("GPU 0: no room for 6000 bytes");
        assertThat(driver.freeBytes(device)).isEqualTo(10_000 - some.buffer().byteSize());
      }
      driver.openMemory(device, 6_000).close();
    }
  }

  @Test
  void openStaging_again_reusesTheBlockAndItIsZero(FakeDriver fake) {
    try (CudaDriver driver = CudaDriver.open()) {
      Device device = driver.devices().getFirst();
      long address;
      try (DeviceMemory first = driver.openStaging(device, 100)) {
        first.buffer().host().fill((byte) 9);
        address = first.buffer().address();
      }
      try (DeviceMemory second = driver.openStaging(device, 200);
          DeviceMemory third = driver.openStaging(device, 200)) {
        assertThat(second.buffer().address()).isEqualTo(address);
        assertThat(second.buffer().host().toArray(JAVA_BYTE)).containsOnly(0).hasSize(200);
        assertThat(third.buffer().address()).isNotEqualTo(address);
      }
      assertThat(fake.calls()).containsEntry("cuMemHostAlloc", 2L);
    }
  }

  @Test
  void passed_asked_neverWaitsAndComesTrue(FakeDriver fake) {
    try (CudaDriver driver = CudaDriver.open();
        DeviceStream stream = driver.openStream(driver.devices().getFirst());
        DeviceFence fence = driver.openFence(driver.devices().getFirst());
        DeviceMemory memory = driver.openMemory(driver.devices().getFirst(), 8)) {
      stream.zero(memory.buffer());
      stream.zero(memory.buffer());
      stream.record(fence);

      assertThat(fence.passed()).isFalse();
      assertThat(fence.passed()).isFalse();
      assertThat(fence.passed()).isTrue();
      assertThat(fake.calls()).doesNotContainKey("cuEventSynchronize");
    }
  }

  @Test
  void stream_ofAnotherDevice_isRefusedWithItsThings(FakeDriver fake) {
    fake.setDevices(2);
    try (CudaDriver driver = CudaDriver.open()) {
      Device other = driver.devices().getLast();
      try (DeviceStream stream = driver.openStream(driver.devices().getFirst());
          DeviceFence fence = driver.openFence(other);
          DeviceMemory far = driver.openMemory(other, 8);
          DeviceMemory near = driver.openMemory(driver.devices().getFirst(), 8)) {
        assertThatThrownBy(() -> stream.record(fence))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("fence: of GPU 1 (expected: of GPU 0)");
        assertThatThrownBy(() -> stream.copy(far.buffer(), near.buffer()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("buffer: of GPU 1 (expected: of GPU 0)");
        stream.waitFor(fence);
      }
    }
  }

  @Test
  void call_thatFailsOnce_leavesTheDeviceUsable(FakeDriver fake) {
    try (CudaDriver driver = CudaDriver.open();
        DeviceStream stream = driver.openStream(driver.devices().getFirst());
        DeviceMemory memory = driver.openMemory(driver.devices().getFirst(), 8)) {
      fake.inject("cuMemsetD8Async", 1, OUT_OF_RESOURCES, FakeDriver.How.ONCE);

      assertFailure(() -> stream.zero(memory.buffer()), ErrorReason.BACKEND_FAILURE)
          .isEqualTo("GPU 0: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701) from cuMemsetD8Async");
      stream.zero(memory.buffer());
      stream.synchronize();
    }
  }

  @Test
  void work_thatFailsForGood_losesItsDeviceAndNoOther(FakeDriver fake) {
    fake.setDevices(2);
    try (CudaDriver driver = CudaDriver.open();
        DeviceStream stream = driver.openStream(driver.devices().getFirst());
        DeviceStream other = driver.openStream(driver.devices().getLast());
        DeviceFence fence = driver.openFence(driver.devices().getFirst());
        DeviceMemory memory = driver.openMemory(driver.devices().getFirst(), 8)) {
      fake.inject("cuMemsetD8Async", 1, ILLEGAL_ADDRESS, FakeDriver.How.LATER);
      stream.zero(memory.buffer());

      String said =
          "GPU 0: CUDA_ERROR_ILLEGAL_ADDRESS (700) from cuStreamSynchronize; the device is lost to"
              + " this process, restart the server";
      assertFailure(stream::synchronize, ErrorReason.DEVICE_LOST).isEqualTo(said);
      Map<String, Long> calls = fake.calls();
      for (ThrowingCallable later :
          List.<ThrowingCallable>of(
              () -> stream.zero(memory.buffer()),
              () -> stream.record(fence),
              fence::await,
              fence::passed,
              () -> driver.openMemory(stream.device(), 8),
              () -> driver.openStream(stream.device()),
              () -> driver.freeBytes(stream.device()),
              () -> driver.capture(stream, () -> {}))) {
        assertFailure(later, ErrorReason.DEVICE_LOST).isEqualTo(said);
      }
      assertThat(fake.calls()).isEqualTo(calls);
      other.synchronize();
    }
  }
}
