package dev.synthorax.nn.onnx;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A row's bits do not depend on the row count or on the position, at the size of the bundled
 * pipeline: what makes a seed give the same pixels in any company.
 */
class RowIdentityIT {

  private static final int[] ROW_COUNTS = {2, 1, 3, 4, 8, 16};
  private static final long SEED = 20_261_101;

  @TempDir static Path folder;
  private static ExportedPipeline pipeline;

  @BeforeAll
  static void exportRandomPipeline() throws IOException {
    RandomPipeline.write(folder.resolve("pipeline"), RandomPipeline.Size.MINI, SEED);
    pipeline =
        DiffusersExport.export(
            DiffusersFolder.of(folder.resolve("pipeline")), 128, 128, folder.resolve("cache"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void run_anyRowCountAndPosition_givesTheSameBits(int threads) {
    List<Path> graphs = new ArrayList<>();
    graphs.add(pipeline.textEncoder());
    graphs.add(pipeline.unet());
    graphs.add(requireNonNull(pipeline.controlNet()));
    graphs.add(pipeline.vaeDecoder());
    try (Backend backend = Backends.open("onnxruntime-cpu");
        DeviceStream stream = backend.openStream(backend.devices().getFirst())) {
      for (Path graph : graphs) {
        try (Plan plan = backend.openPlan(GraphRun.request(backend, graph, threads))) {
          assertRowsIdentical(graph.getFileName() + " on " + threads + " threads", plan, stream);
        }
      }
    }
  }

  private static void assertRowsIdentical(String name, Plan plan, DeviceStream stream) {
    List<List<MemorySegment>> all = new ArrayList<>(); // by row count, then by output
    for (int rows : ROW_COUNTS) {
      try (ExecutionContext context = plan.openContext(rows)) {
        for (TensorSpec spec : plan.inputs()) {
          fillRows(context.buffer(spec.name()).host(), spec, rows);
        }
        context.enqueue(stream);
        all.add(copies(plan, context));
      }
    }
    for (int output = 0; output < plan.outputs().size(); output++) {
      TensorSpec spec = plan.outputs().get(output);
      MemorySegment most = all.getLast().get(output);
      for (int i = 0; i < ROW_COUNTS.length; i++) {
        MemorySegment few = all.get(i).get(output);
        assertThat(few.mismatch(most.asSlice(0, few.byteSize())))
            .as("%s: first byte of %s that differs at %d rows", name, spec.name(), ROW_COUNTS[i])
            .isEqualTo(-1);
      }
      long row = spec.withRows(1).byteSize();
      assertThat(most.asSlice(0, row).mismatch(most.asSlice(row, row)))
          .as("%s: different rows of %s", name, spec.name())
          .isNotEqualTo(-1);
    }
  }

  private static List<MemorySegment> copies(Plan plan, ExecutionContext context) {
    List<MemorySegment> copies = new ArrayList<>();
    for (TensorSpec spec : plan.outputs()) {
      byte[] bytes = context.buffer(spec.name()).host().toArray(ValueLayout.JAVA_BYTE);
      copies.add(MemorySegment.ofArray(bytes));
    }
    return copies;
  }

  /** The content of a row depends on the row's number alone. */
  private static void fillRows(MemorySegment buffer, TensorSpec spec, int rows) {
    long size = spec.withRows(1).elements();
    for (int row = 0; row < rows; row++) {
      SplittableRandom random = new SplittableRandom(SEED + 31L * row + spec.name().hashCode());
      for (long i = row * size; i < (row + 1) * size; i++) {
        if (spec.dataType() == DataType.INT64) {
          buffer.setAtIndex(ValueLayout.JAVA_LONG, i, random.nextInt(1000));
        } else if (spec.name().equals("timestep")) {
          buffer.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt(1000));
        } else {
          buffer.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
      }
    }
  }
}
