package dev.synthorax.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendContract;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("gpu")
class OnnxRuntimeCudaBackendIT extends BackendContract {

  @Override
  @MustBeClosed
  protected Backend open() {
    return Backends.open(OnnxRuntimeCudaBackend.NAME);
  }

  @Test
  void version_always_namesTheHostsLibraries() {
    try (Backend backend = open()) {
      assertThat(backend.version())
          .matches("[\\d.]+, cuDNN 9\\.[\\d.]+, cuBLAS 13\\.[\\d.]+, CUDA [\\d.]+");
      assertThat(backend.devices()).allMatch(device -> device.kind() == Device.Kind.GPU);
    }
  }

  /** Not promised: its kernel gives 0 for an index out of bounds. */
  @Override
  protected void enqueue_failure_isOneLineAndLeavesContextAndStreamUsable() {}
}
