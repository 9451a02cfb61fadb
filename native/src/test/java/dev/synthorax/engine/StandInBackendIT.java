package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import dev.synthorax.engine.cuda.StandInBackend;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract on {@code engine.cuda}'s devices, with every check of the fake driver. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
class StandInBackendIT extends BackendContract {

  @Override
  @MustBeClosed
  protected Backend open() {
    return Backends.open(StandInBackend.NAME);
  }

  @Test
  void read_ofAnOutputOnAnotherStreamWithoutAFence_isReported(FakeDriver fake) throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1);
        DeviceStream other = backend.openStream(device);
        DeviceMemory staging = backend.openStaging(device, 3 * Float.BYTES)) {
      context.enqueue(stream);
      other.copy(context.buffer("y"), staging.buffer());
      stream.synchronize();
      other.synchronize();

      assertThat(fake.violations()).singleElement().asString().startsWith("race: ");
    }
  }

  @Test
  void enqueue_deviceThatFails_isLostFromThenOn(FakeDriver fake) throws IOException {
    try (Plan plan = backend.openPlan(request(TestGraphs.addBias(folder, 1, 2, 3)));
        ExecutionContext context = plan.openContext(1)) {
      fake.inject("cuLaunchHostFunc", 1, 719, FakeDriver.How.LATER);
      context.enqueue(stream);

      var first = catchThrowableOfType(InferenceException.class, stream::synchronize);
      var second = catchThrowableOfType(InferenceException.class, () -> context.enqueue(stream));

      assertThat(first.reason()).isEqualTo(ErrorReason.DEVICE_LOST);
      assertThat(second.reason()).isEqualTo(ErrorReason.DEVICE_LOST);
    }
  }

  /** Not promised: no kernel of a device fails for a number that it reads. */
  @Override
  protected void enqueue_failure_isOneLineAndLeavesContextAndStreamUsable() {}
}
