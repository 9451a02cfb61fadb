package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.engine.cuda.CudaDriver;
import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How contexts record, share memory and fail, on a fake driver. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
@SuppressWarnings("MustBeClosedChecker") // closed after each test
final class TensorRtContextIT {
  private static final int UNSUPPORTED = 900;
  private static final int ILLEGAL_ADDRESS = 700;

  @TempDir Path folder;
  private RunningTensorRt library;
  private TensorRtBackend backend;
  private Device device;
  private DeviceStream stream;
  private Plan plan;

  @BeforeEach
  void openPlan(FakeDriver fake) throws IOException {
    library = new RunningTensorRt(fake);
    backend = new TensorRtBackend(CudaDriver.open(), library, BuilderSettings.DEFAULT);
    device = backend.devices().getFirst();
    stream = backend.openStream(device);
    plan =
        backend.openPlan(
            PlanRequest.of(TestGraphs.addBias(folder, 1, 2, 3), device)
                .withRowProfiles(List.of(1, 2, 5)));
  }

  @AfterEach
  void close() {
    plan.close();
    stream.close();
    backend.close();
    assertThat(library.open).hasValue(0);
  }

  /** Runs on a stream and checks every sum. */
  private void run(ExecutionContext context, DeviceStream on) {
    DeviceBuffer x = context.buffer("x");
    try (DeviceMemory staging = backend.openStaging(device, x.byteSize())) {
      MemorySegment host = staging.buffer().host();
      for (int i = 0; i < context.rows() * 3; i++) {
        host.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      }
      on.copy(staging.buffer(), x);
      context.enqueue(on);
      on.copy(context.buffer("y"), staging.buffer());
      on.synchronize();
      for (int i = 0; i < context.rows() * 3; i++) {
        assertThat(host.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(i + 1 + i % 3);
      }
    }
  }

  private static InferenceException failure(Runnable work) {
    return catchThrowableOfType(InferenceException.class, work::run);
  }

  @Test
  void enqueue_again_isRecordedOnceAndReplayed(FakeDriver fake) {
    try (ExecutionContext context = plan.openContext(2)) {
      for (int i = 0; i < 5; i++) {
        run(context, stream);
      }

      assertThat(fake.calls())
          .containsEntry("cuLaunchHostFunc", 2L) // at first, and into the recording
          .containsEntry("cuGraphLaunch", 4L)
          .containsEntry("cuGraphInstantiateWithFlags", 1L);
    }
  }

  @Test
  void enqueue_thatCannotBeRecorded_goesOnPieceByPiece(FakeDriver fake) {
    fake.inject("cuStreamEndCapture", 1, UNSUPPORTED, FakeDriver.How.ONCE);
    try (ExecutionContext context = plan.openContext(2)) {
      for (int i = 0; i < 5; i++) {
        run(context, stream);
      }

      assertThat(fake.injected()).isTrue();
      assertThat(fake.calls())
          .containsEntry("cuLaunchHostFunc", 6L) // five, and one into the recording that failed
          .doesNotContainKey("cuGraphLaunch");
    }
  }

  @Test
  void enqueue_contextsOfOneStream_shareTheLargestArena() {
    try (ExecutionContext one = plan.openContext(1);
        ExecutionContext five = plan.openContext(5)) {
      run(five, stream);
      run(one, stream);

      assertThat(library.scratches).hasSize(2);
      assertThat(library.scratches.getFirst()).isEqualTo(library.scratches.getLast());
    }
  }

  @Test
  void enqueue_afterTheArenaGrew_isRecordedAnewAndRight(FakeDriver fake) {
    try (ExecutionContext one = plan.openContext(1);
        ExecutionContext five = plan.openContext(5)) {
      for (int i = 0; i < 3; i++) {
        run(one, stream);
      }
      run(five, stream);
      for (int i = 0; i < 3; i++) {
        run(one, stream);
      }

      long last = library.scratches.getLast();
      assertThat(fake.calls()).containsEntry("cuGraphInstantiateWithFlags", 2L);
      assertThat(library.scratches.get(2)).isEqualTo(last); // of five
    }
  }

  @Test
  void enqueue_onTwoStreams_usesAnArenaEach() {
    try (ExecutionContext one = plan.openContext(2);
        ExecutionContext two = plan.openContext(2);
        DeviceStream other = backend.openStream(device)) {
      one.enqueue(stream);
      two.enqueue(other);
      one.enqueue(stream);
      two.enqueue(other);
      stream.synchronize();
      other.synchronize();

      assertThat(library.scratches.subList(0, 2)).doesNotHaveDuplicates();
    }
  }

  @Test
  void enqueue_onAnotherStreamThanBefore_waitsAndIsRight() {
    try (ExecutionContext context = plan.openContext(2)) {
      DeviceStream other = backend.openStream(device);
      run(context, stream);
      run(context, stream);
      context.enqueue(stream);
      context.enqueue(other);
      run(context, other);
      run(context, other);
      other.close();
      run(context, stream);
    }
  }

  @Test
  void enqueue_noRoomForTheArena_isOutOfMemoryAndRunsOnceThereIs(FakeDriver fake) {
    try (ExecutionContext context = plan.openContext(5)) {
      fake.setMemory(0);
      InferenceException failure = failure(() -> context.enqueue(stream));
      fake.setMemory(1 << 30);

      assertThat(failure.reason()).isEqualTo(ErrorReason.OUT_OF_MEMORY);
      run(context, stream);
    }
  }

  @Test
  void openContext_noRoom_isOutOfMemoryAndLeavesNothing(FakeDriver fake) {
    fake.setMemory(0);

    assertThat(failure(() -> plan.openContext(5)).reason()).isEqualTo(ErrorReason.OUT_OF_MEMORY);
    assertThat(library.open).hasValue(1); // the plan's engine
  }

  @Test
  void enqueue_deviceLostWhileRecording_isThatAndNotTriedPieceByPiece(FakeDriver fake) {
    try (ExecutionContext context = plan.openContext(2)) {
      run(context, stream);
      fake.inject("cuGraphInstantiateWithFlags", 1, ILLEGAL_ADDRESS, FakeDriver.How.STICKY);

      assertThat(failure(() -> context.enqueue(stream)).reason())
          .isEqualTo(ErrorReason.DEVICE_LOST);
    }
  }
}
