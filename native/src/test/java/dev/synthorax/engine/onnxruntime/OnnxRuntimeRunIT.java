package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.RunContract;

class OnnxRuntimeRunIT extends RunContract {

  @Override
  @MustBeClosed
  protected Backend open() {
    return Backends.open(OnnxRuntimeCpuBackend.NAME);
  }
}
