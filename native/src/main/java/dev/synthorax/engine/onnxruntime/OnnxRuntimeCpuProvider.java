package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendProvider;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;

/** ONNX Runtime on the CPU: runs wherever its library loads, so it ranks last. */
public final class OnnxRuntimeCpuProvider implements BackendProvider {

  /** For {@link java.util.ServiceLoader}. */
  public OnnxRuntimeCpuProvider() {}

  @Override
  public String name() {
    return OnnxRuntimeBackend.NAME;
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  @MustBeClosed
  public Backend open() {
    try {
      return OnnxRuntimeBackend.open();
    } catch (LinkageError failure) { // a missing or unloadable shared library, in any of its forms
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "ONNX Runtime does not load here: " + Messages.oneLine(failure.getMessage()),
          failure);
    }
  }
}
