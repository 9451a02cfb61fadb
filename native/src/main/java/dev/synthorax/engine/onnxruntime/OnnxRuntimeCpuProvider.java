package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendProvider;

/** ONNX Runtime on the CPU: runs wherever its library loads, so it ranks last. */
public final class OnnxRuntimeCpuProvider implements BackendProvider {

  /** For {@link java.util.ServiceLoader}. */
  public OnnxRuntimeCpuProvider() {}

  @Override
  public String name() {
    return OnnxRuntimeCpuBackend.NAME;
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  @MustBeClosed
  public Backend open() {
    return OnnxRuntimeCpuBackend.open();
  }
}
