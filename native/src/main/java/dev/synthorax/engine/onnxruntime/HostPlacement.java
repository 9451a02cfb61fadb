package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import java.util.List;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * The processor, with ONNX Runtime's own kernels: a run is done when it returns.
 *
 * @param backend opens memory; borrowed
 * @param device the processor
 */
record HostPlacement(Backend backend, Device device) implements Placement {

  @Override
  public void configure(SessionOptions settings) {
    // the provider of the processor is always there
  }

  @Override
  public void configure(RunOptions options) {
    // nothing to say
  }

  @Override
  @MustBeClosed
  public MemoryInfo memoryInfo() {
    return hostMemory();
  }

  /** What ONNX Runtime calls host memory; the caller closes it. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // a factory
  static MemoryInfo hostMemory() {
    return MemoryInfo.CreateCpu(onnxruntime.OrtArenaAllocator, onnxruntime.OrtMemTypeDefault);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openMemory(long byteSize) {
    return backend.openMemory(device, byteSize);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openStaging(long byteSize) {
    return backend.openStaging(device, byteSize);
  }

  @Override
  public void run(DeviceStream stream, List<HostInput> inputs, Runnable session) {
    session.run();
  }

  @Override
  public void close() {
    // owns nothing
  }
}
