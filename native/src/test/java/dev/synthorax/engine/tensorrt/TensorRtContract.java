package dev.synthorax.engine.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.BackendContract;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TestGraphs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What backends promise, as far as one can that compiles for fixed sizes. */
abstract class TensorRtContract extends BackendContract {

  /** Types whose identity is computed. */
  abstract Set<DataType> types();

  @Override
  protected PlanRequest request(Path graph) {
    return super.request(graph).withRowProfiles(List.of(1, 2, 3, 5));
  }

  @ParameterizedTest
  @EnumSource(value = DataType.class, mode = EnumSource.Mode.EXCLUDE, names = "BYTES")
  @Override
  protected void enqueue_everyType_keepsItsBytes(DataType type) throws IOException {
    if (types().contains(type)) {
      super.enqueue_everyType_keepsItsBytes(type);
    } else if (!StaticGraph.TYPES.contains(type)) {
      assertUnsupported(TestGraphs.identity(folder, type), "x is " + type);
    }
  }

  @Test
  @Override
  protected void openContext_severalDynamicDims_takesTheirShapesAndInfersTheOutputs()
      throws IOException {
    assertUnsupported(TestGraphs.dynamicWidth(folder), "compiles for fixed sizes");
  }

  @Test
  @Override
  protected void openContext_outputThatFollowsFromNoInput_needsItsShape() throws IOException {
    assertUnsupported(TestGraphs.reshape(folder), "compiles for fixed sizes");
  }

  /** Not promised: the wide graph does not open. */
  @Override
  protected void openContext_rowsAlone_areRefusedWhereTheyAreNotAll() {}

  /** Not promised: indices are not looked at. */
  @Override
  protected void enqueue_failure_isOneLineAndLeavesContextAndStreamUsable() {}

  private void assertUnsupported(Path file, String message) {
    PlanRequest request = request(file);

    assertThatThrownBy(() -> backend.openPlan(request))
        .isInstanceOfSatisfying(
            InferenceException.class,
            failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNSUPPORTED))
        .hasMessageContaining(message);
  }
}
