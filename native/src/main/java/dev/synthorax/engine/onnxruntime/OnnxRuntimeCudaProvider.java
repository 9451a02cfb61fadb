package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendProvider;

/** ONNX Runtime on NVIDIA's graphics processors: after TensorRT, before any processor. */
public final class OnnxRuntimeCudaProvider implements BackendProvider {

  private static final int PREFERENCE = 10;

  /** For {@link java.util.ServiceLoader}. */
  public OnnxRuntimeCudaProvider() {}

  @Override
  public String name() {
    return OnnxRuntimeCudaBackend.NAME;
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  @MustBeClosed
  public Backend open() {
    return OnnxRuntimeCudaBackend.open();
  }
}
