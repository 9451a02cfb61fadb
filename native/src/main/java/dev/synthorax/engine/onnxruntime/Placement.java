package dev.synthorax.engine.onnxruntime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import java.util.List;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.SessionOptions;

/**
 * Where the session of one plan computes: all that differs between the processor and a graphics
 * processor.
 *
 * <p><b>Ownership:</b> closed after the session. Memory that it opens is its caller's.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #run} may wait for another's.
 */
interface Placement extends AutoCloseable {
  /** The one that computes. */
  Device device();

  /** Says what is to run the operators, before a session is made. */
  void configure(SessionOptions settings);

  /** Says how a run ends. */
  void configure(RunOptions options);

  /** What ONNX Runtime calls {@linkplain #openMemory its memory}; the caller closes it. */
  @MustBeClosed
  MemoryInfo memoryInfo();

  /** Memory that the device computes on; as {@link dev.synthorax.engine.Backend#openMemory}. */
  @MustBeClosed
  DeviceMemory openMemory(long byteSize);

  /** Host memory beside it; as {@link dev.synthorax.engine.Backend#openStaging}. */
  @MustBeClosed
  DeviceMemory openStaging(long byteSize);

  /**
   * An input that the session reads on the processor although the device's memory holds it.
   *
   * @param from what the context shows
   * @param to what the session is bound to
   */
  record HostInput(DeviceBuffer from, DeviceBuffer to) {}

  /**
   * Runs a session in a stream's order.
   *
   * @param inputs to be brought to the processor before
   * @param session runs it on the calling thread, or enqueues it
   */
  void run(DeviceStream stream, List<HostInput> inputs, Runnable session);

  @Override
  void close();
}
