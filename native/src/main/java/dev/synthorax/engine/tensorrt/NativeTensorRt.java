package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IRuntime;

/**
 * TensorRT through JavaCPP; libraries as {@link NeededLibraries} loaded them.
 *
 * <p><b>Ownership:</b> owns the native runtime; engines are closed before it.
 *
 * <p><b>Threading:</b> as {@link TensorRt}.
 */
final class NativeTensorRt implements TensorRt {
  private static final NativeLog LOG = new NativeLog(); // never freed: the library keeps it

  private final IRuntime runtime; // owned
  private final String version;

  private NativeTensorRt(IRuntime runtime, String version) {
    this.runtime = runtime;
    this.version = version;
  }

  /**
   * Starts the library; a device's context is current.
   *
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} if it is older than what this was made for, or
   *     does not start
   */
  @MustBeClosed
  static NativeTensorRt open() {
    String version =
        "%d.%d.%d.%d"
            .formatted(
                nvinfer.getInferLibMajorVersion(),
                nvinfer.getInferLibMinorVersion(),
                nvinfer.getInferLibPatchVersion(),
                nvinfer.getInferLibBuildVersion());
    if (nvinfer.getInferLibMajorVersion() != nvinfer.NV_TENSORRT_MAJOR
        || nvinfer.getInferLibMinorVersion() < nvinfer.NV_TENSORRT_MINOR) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "TensorRT %s is on this host (expected: %d, at least %d.%d)"
              .formatted(
                  version,
                  nvinfer.NV_TENSORRT_MAJOR,
                  nvinfer.NV_TENSORRT_MAJOR,
                  nvinfer.NV_TENSORRT_MINOR));
    }
    long mark = LOG.mark();
    IRuntime runtime = nvinfer.createInferRuntime(LOG);
    List<String> errors = LOG.errorsSince(mark);
    // without a usable driver it gives an object that is none, which must not be touched
    if (runtime == null || runtime.isNull() || !errors.isEmpty()) {
      throw Diagnosis.ofStarting(version, errors);
    }
    return new NativeTensorRt(runtime, version);
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  @MustBeClosed
  public Compiled compile(Order order) {
    try (var compiler = new NativeCompiler(LOG, version, order)) {
      return compiler.compile();
    }
  }

  @Override
  @MustBeClosed
  public Engine load(String name, Device device, MemorySegment plan) throws PlanRefusedException {
    long mark = LOG.mark();
    ICudaEngine engine = runtime.deserializeCudaEngine(new AddressPointer(plan), plan.byteSize());
    if (engine != null && !engine.isNull()) {
      return new NativeEngine(engine, LOG, name);
    }
    List<String> messages = LOG.since(mark);
    if (messages.stream().anyMatch(Diagnosis::isOutOfMemory)) {
      throw Diagnosis.ofLoading(name + " on " + device.name(), messages);
    }
    throw new PlanRefusedException(Diagnosis.first(messages));
  }

  @Override
  public void close() {
    if (!runtime.isNull()) {
      NativeObjects.delete(runtime);
    }
  }
}
