package dev.synthorax.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendContract;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.Device;
import org.junit.jupiter.api.Test;

class OnnxRuntimeBackendIT extends BackendContract {

  @Override
  @MustBeClosed
  protected Backend open() {
    return Backends.open("onnxruntime-cpu");
  }

  @Test
  void open_auto_takesABackendThatRunsHere() {
    try (Backend backend = Backends.open(Backends.AUTO)) {
      assertThat(Backends.names()).contains(backend.name());
    }
  }

  @Test
  void devices_everywhere_areTheProcessor() {
    try (Backend backend = open()) {
      assertThat(backend.devices()).hasSize(1);
      assertThat(backend.devices().getFirst().kind()).isEqualTo(Device.Kind.CPU);
    }
  }
}
