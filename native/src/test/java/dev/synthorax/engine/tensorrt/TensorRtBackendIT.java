package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TestGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** TensorRT itself; fails with its provider's sentence where it cannot run. */
@Tag("gpu")
final class TensorRtBackendIT extends TensorRtContract {

  @Override
  @MustBeClosed
  protected Backend open() {
    return Backends.open(TensorRtBackend.NAME);
  }

  @Override
  Set<DataType> types() {
    return EnumSet.of(
        DataType.FP32, DataType.FP16, DataType.BF16, DataType.INT32, DataType.INT64, DataType.BOOL);
  }

  @Test
  void version_always_isTheLibrarysInFull() {
    assertThat(backend.version()).matches("10\\.\\d+\\.\\d+\\.\\d+");
    assertThat(backend.devices()).allMatch(each -> each.kind() == Device.Kind.GPU);
  }

  @Test
  void openPlan_again_takesTheKeptPlanAndComputesTheSame() throws IOException {
    Path plans = folder.resolve("plans");
    PlanRequest request = request(TestGraphs.addBias(folder, 1, 2, 3)).withCache(plans);

    float[] first = run(request);
    List<Path> kept = files(plans);
    float[] second = run(request);

    assertThat(first).containsExactly(11, 22, 33);
    assertThat(second).containsExactly(11, 22, 33);
    assertThat(files(plans)).isEqualTo(kept).anyMatch(file -> file.toString().endsWith(".plan"));
  }

  private float[] run(PlanRequest request) {
    try (Plan plan = backend.openPlan(request);
        ExecutionContext context = plan.openContext(1)) {
      write(context.buffer("x"), 10, 20, 30);
      run(context);
      return floats(context.buffer("y"));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
