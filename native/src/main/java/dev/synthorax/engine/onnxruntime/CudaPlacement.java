package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.cuda.CudaDriver;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.CUDAProviderOptions;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.StringStringMap;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * A graphics processor of NVIDIA's, with ONNX Runtime's CUDA provider. A session computes on one
 * stream for life, so each plan has its own; fences tie it to the stream that a run is enqueued on.
 *
 * <p><b>Ownership:</b> owns stream and fences; borrows the driver.
 *
 * <p><b>Threading:</b> as {@link Placement}; runs of one plan are enqueued one after another, in
 * the order in which they also compute.
 */
final class CudaPlacement implements Placement {
  private final CudaDriver driver; // borrowed
  private final Device device;
  private final DeviceFence before; // owned
  private final DeviceFence after; // owned

  @GuardedBy("this")
  private final DeviceStream own; // owned

  private CudaPlacement(
      CudaDriver driver, Device device, DeviceStream own, DeviceFence before, DeviceFence after) {
    this.driver = driver;
    this.device = device;
    this.own = own;
    this.before = before;
    this.after = after;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  static CudaPlacement open(CudaDriver driver, Device device) {
    DeviceStream own = driver.openStream(device);
    try {
      DeviceFence before = driver.openFence(device);
      try {
        return new CudaPlacement(driver, device, own, before, driver.openFence(device));
      } catch (RuntimeException failure) {
        before.close();
        throw failure;
      }
    } catch (RuntimeException failure) {
      own.close();
      throw failure;
    }
  }

  @Override
  public Device device() {
    return device;
  }

  /**
   * What the CUDA provider is told.
   *
   * <ul>
   *   <li>{@code use_tf32}: {@link dev.synthorax.engine.Precision#FP32} means all 24 bits.
   *   <li>{@code cudnn_conv_algo_search}: the default tries every algorithm out whenever a shape
   *       comes for the first time.
   *   <li>{@code arena_extend_strategy}: the default doubles what it takes, until other models and
   *       the images under way find no room.
   *   <li>{@code do_copy_in_default_stream}: copies stay in the stream's order.
   *   <li>{@code enable_cuda_graph} stays off: see docs/adr/0028.
   * </ul>
   */
  static Map<String, String> options(Device device) {
    var options = new TreeMap<String, String>();
    options.put("device_id", Integer.toString(device.index()));
    options.put("use_tf32", "0");
    options.put("cudnn_conv_algo_search", "HEURISTIC");
    options.put("arena_extend_strategy", "kSameAsRequested");
    options.put("do_copy_in_default_stream", "1");
    return options;
  }

  @Override
  public synchronized void configure(SessionOptions settings) {
    driver.makeCurrent(device);
    try (CUDAProviderOptions provider = new CUDAProviderOptions();
        StringStringMap options = new StringStringMap();
        Pointer stream = new Address(driver.handle(own))) {
      options(device)
          .forEach((name, value) -> options.put(new BytePointer(name), new BytePointer(value)));
      provider.Update(options);
      provider.UpdateWithValue("user_compute_stream", stream); // last: Update forgets it
      settings.AppendExecutionProvider_CUDA_V2(provider.asOrtCUDAProviderOptionsV2());
    }
  }

  @Override
  public void configure(RunOptions options) {
    options.AddConfigEntry("disable_synchronize_execution_providers", "1"); // a run is enqueued
  }

  @Override
  @MustBeClosed
  public MemoryInfo memoryInfo() {
    return new MemoryInfo(
        "Cuda", onnxruntime.OrtDeviceAllocator, device.index(), onnxruntime.OrtMemTypeDefault);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openMemory(long byteSize) {
    return driver.openMemory(device, byteSize);
  }

  @Override
  @MustBeClosed
  public DeviceMemory openStaging(long byteSize) {
    return driver.openStaging(device, byteSize);
  }

  @Override
  public synchronized void run(DeviceStream stream, List<HostInput> inputs, Runnable session) {
    stream.record(before);
    own.waitFor(before);
    if (!inputs.isEmpty()) {
      inputs.forEach(input -> own.copy(input.from(), input.to()));
      own.synchronize(); // the session reads them while it enqueues
    }
    try {
      session.run();
    } catch (InferenceException failure) {
      throw causeOf(failure);
    }
    own.record(after);
    stream.waitFor(after);
  }

  /** What the driver says of a run that failed, if it says anything; the run's failure else. */
  @GuardedBy("this")
  private InferenceException causeOf(InferenceException failure) {
    try {
      own.synchronize(); // nothing of the run is left when its failure is known
      return failure;
    } catch (InferenceException cause) {
      cause.addSuppressed(failure);
      return cause;
    }
  }

  @Override
  public synchronized void close() {
    after.close();
    before.close();
    own.close();
  }
}
