package dev.synthorax.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.cuda.CudaDriver;
import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The order of a session's work among streams, without a session. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
@SuppressWarnings("MustBeClosedChecker") // closed after each test
class CudaPlacementIT {
  private static final int BYTES = 8;

  private CudaDriver driver;
  private Device device;
  private DeviceStream stream;
  private CudaPlacement placement;

  @BeforeEach
  void open() {
    driver = CudaDriver.open();
    device = driver.devices().getFirst();
    stream = driver.openStream(device);
    placement = CudaPlacement.open(driver, device);
  }

  @AfterEach
  void close() {
    placement.close();
    stream.close();
    driver.close();
  }

  @Test
  void run_inputThatTheSessionReadsOnTheProcessor_isThereAfterTheCallersWork() {
    try (DeviceMemory memory = placement.openMemory(BYTES);
        DeviceMemory first = placement.openStaging(BYTES);
        DeviceMemory bound = placement.openStaging(BYTES)) {
      first.buffer().host().fill((byte) 7);
      stream.copy(first.buffer(), memory.buffer());
      List<Byte> seen = new ArrayList<>();

      placement.run(
          stream,
          List.of(new Placement.HostInput(memory.buffer(), bound.buffer())),
          () -> seen.add(bound.buffer().host().get(ValueLayout.JAVA_BYTE, 0)));
      stream.synchronize();

      assertThat(seen).containsExactly((byte) 7);
    }
  }

  @Test
  void run_withoutHostInputs_waitsForNobody(FakeDriver fake) {
    long before = waits(fake);

    placement.run(stream, List.of(), () -> {});

    assertThat(waits(fake)).isEqualTo(before);
    assertThat(fake.calls()).containsEntry("cuStreamWaitEvent", 2L);
  }

  private static long waits(FakeDriver fake) {
    return fake.calls().getOrDefault("cuStreamSynchronize", 0L)
        + fake.calls().getOrDefault("cuEventSynchronize", 0L);
  }

  @Test
  void run_sessionThatFails_failsAsItSays() {
    var failure = catchThrowableOfType(InferenceException.class, this::runFailing);

    assertThat(failure.reason()).isEqualTo(ErrorReason.BACKEND_FAILURE);
    assertThat(failure).hasMessage("ONNX Runtime: Conv");
  }

  @Test
  void run_sessionThatFailsForItsDeviceIsLost_saysThat(FakeDriver fake) {
    try (DeviceMemory memory = placement.openMemory(BYTES)) {
      fake.inject("cuMemsetD8Async", 1, 700, FakeDriver.How.LATER);
      stream.zero(memory.buffer()); // what the run waits for

      var failure = catchThrowableOfType(InferenceException.class, this::runFailing);

      assertThat(failure.reason()).isEqualTo(ErrorReason.DEVICE_LOST);
      assertThat(failure.getSuppressed()).singleElement().asString().endsWith("Runtime: Conv");
    }
  }

  private void runFailing() {
    placement.run(
        stream,
        List.of(),
        () -> {
          throw new InferenceException(ErrorReason.BACKEND_FAILURE, "ONNX Runtime: Conv");
        });
  }
}
