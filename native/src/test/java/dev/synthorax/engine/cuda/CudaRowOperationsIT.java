package dev.synthorax.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.HostBackend;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.RowOperations.Coefficients;
import dev.synthorax.engine.RowOperations.Keep;
import dev.synthorax.engine.RowOperations.Update;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kernels, compiled for the processor, against the same numbers as the host's loops. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
final class CudaRowOperationsIT extends CudaRowContract {
  @BeforeAll
  static void loadCompiler() {
    FakeNvrtc.load();
  }

  @Test
  void update_recorded_repeatsWhatItWasTold() {
    var driver = ((DriverBackend) backend).driver();
    try (DeviceMemory memory = backend.openMemory(device, 3 * 4);
        DeviceStream recording = backend.openStream(device)) {
      DeviceBuffer all = memory.buffer();
      var step = new Coefficients(0, 1, 9, 1, 0, 1, List.of(), 0, Keep.NONE);
      var update = new Update(all.slice(0, 4), all.slice(8, 0), 0, 0, 1, step, 0, 1);
      var outputs = new RowOperations.Tensor(all.slice(4, 4), DataType.FP32);
      write(all, 1, 2, 3);

      try (var graph =
          driver.capture(recording, () -> operations.update(recording, List.of(update), outputs))) {
        assertThat(floats(all)).containsExactly(1, 2, 3);
        graph.launch(stream);
        graph.launch(stream);
        graph.launch(stream);
        stream.synchronize();
      }

      assertThat(floats(all)).containsExactly(7, 2, 3);
    }
  }

  @Test
  void gather_staging_isReachedByKernels() {
    try (DeviceMemory staging = backend.openStaging(device, 16)) {
      staging.buffer().host().copyFrom(MemorySegment.ofArray(new float[] {1, 2, 3, 4}));
      var row = new RowOperations.Row(staging.buffer(), 2, 0, null, null);
      var to = new RowOperations.Inputs(1, emptyTensor(DataType.FP32, 0, 4), null, null, null);

      operations.gather(stream, List.of(row), to);

      assertThat(floats(to.sample().buffer())).containsExactly(2, 4, 6, 8);
    }
  }

  @Test
  void gather_memoryOfTheProcessor_isRefusedBeforeAnythingRuns() {
    var host = new HostBackend();
    try (DeviceMemory memory = host.openMemory(host.devices().getFirst(), 16)) {
      var row = new RowOperations.Row(memory.buffer(), 1, 0, null, null);
      var to = new RowOperations.Inputs(1, emptyTensor(DataType.FP32, 0, 4), null, null, null);

      assertThatThrownBy(() -> operations.gather(stream, List.of(row), to))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("latents: memory of CPU 0 (expected: of GPU 0)");
    }
  }

  @Test
  void normal_launchThatFails_isOneSentenceAndTheNextOneRuns(FakeDriver driver) {
    DeviceBuffer target = room(16, 0);
    driver.inject("cuLaunchKernel", 1, 701, FakeDriver.How.ONCE);

    assertThatThrownBy(() -> operations.normal(stream, 1, 0, 0, target))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("from cuLaunchKernel")
        .hasMessageStartingWith("GPU 0: ");

    operations.normal(stream, 1, 0, 0, target);
    assertThat(floats(target)).doesNotContain(0);
  }

  @Test
  void open_kernelThatDoesNotLoad_leavesNothingOpen(FakeDriver driver) {
    driver.inject("cuModuleLoadData", 3, 209, FakeDriver.How.ONCE);

    assertThatThrownBy(() -> openRows(backend, device))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("from cuModuleLoadData");
  }

  @Test
  void compile_brokenCode_isTheFirstErrorInOneLine() {
    Nvrtc nvrtc = NvrtcLibrary.open(folder);

    assertThatThrownBy(() -> nvrtc.compile("broken.cu", "int one = ;", KernelCompiler.options(90)))
        .isInstanceOf(InferenceException.class)
        .hasMessageMatching("NVRTC 13\\.\\d+: broken.cu does not compile: .*error: .*")
        .message()
        .hasLineCount(1);
    assertThatThrownBy(() -> nvrtc.compile("a.cu", "", List.of("--gpu-architecture=none")))
        .hasMessageContaining("does not know --gpu-architecture=none (expected: ");
  }
}
