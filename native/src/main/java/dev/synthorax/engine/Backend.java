package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.List;

/**
 * A library that runs graphs on a kind of device. What it computes on and with is opened here, and
 * belongs to who opened it: plans, streams, fences and memory.
 *
 * <p>Streams, fences and memory of the processor are the same for every backend and are what the
 * default methods open; a backend with devices of its own replaces them.
 *
 * <p><b>Ownership:</b> owns its native environment; all that it opened is closed before it.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close()} once, when no other call is
 * under way.
 */
public interface Backend extends AutoCloseable {
  /** Short name as in configuration and reports, such as {@code onnxruntime-cpu}. */
  String name();

  /** Version of the library, such as {@code 1.24.1}. */
  String version();

  /** Devices it can use, the default first; never empty. */
  List<Device> devices();

  /**
   * Loads one graph.
   *
   * @return the caller closes it
   * @throws IllegalArgumentException if the device is none of this backend's
   * @throws InferenceException {@code MODEL_FAILED} if the file is missing or broken, or holds an
   *     operator that the backend does not know; {@code UNSUPPORTED} if an input or output is of a
   *     type that it does not take, or the device cannot compute in that precision
   */
  @MustBeClosed
  Plan openPlan(PlanRequest request);

  /**
   * Opens a stream.
   *
   * @param device one of {@link #devices()}
   * @return the caller closes it
   * @throws IllegalArgumentException if the device is none of this backend's
   */
  @MustBeClosed
  default DeviceStream openStream(Device device) {
    return HostStream.open(requireProcessor(device));
  }

  /**
   * Opens a fence, not yet recorded; as {@link #openStream}.
   *
   * @return the caller closes it
   */
  @MustBeClosed
  default DeviceFence openFence(Device device) {
    return HostFence.open(requireProcessor(device));
  }

  /**
   * Allocates memory that a device computes on; as {@link #openStream}.
   *
   * @param byteSize at least 0
   * @return the caller closes it
   * @throws InferenceException {@code OUT_OF_MEMORY} if the device has no room left
   */
  @MustBeClosed
  default DeviceMemory openMemory(Device device, long byteSize) {
    return HostMemory.open(requireProcessor(device), byteSize);
  }

  /**
   * Allocates host memory that a device's streams copy from and to without a detour; as {@link
   * #openMemory}.
   *
   * @return its buffer {@linkplain DeviceBuffer#isHost() is host memory}; the caller closes it
   */
  @MustBeClosed
  default DeviceMemory openStaging(Device device, long byteSize) {
    return HostMemory.open(requireProcessor(device), byteSize);
  }

  /**
   * Opens the work between networks for a device. The processor's is not a backend's: it is {@code
   * dev.synthorax.diffusion}'s.
   *
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} if this backend has none for that device
   */
  @MustBeClosed
  default RowOperations openRowOperations(Device device) {
    throw new InferenceException(
        ErrorReason.UNSUPPORTED, name() + " has no row operations for " + device.name());
  }

  /** Bytes of a device that nobody uses now; {@link Long#MAX_VALUE} for the processor. */
  default long freeBytes(Device device) {
    requireProcessor(device);
    return Long.MAX_VALUE;
  }

  private Device requireProcessor(Device device) {
    if (!devices().contains(device)) {
      throw new IllegalArgumentException(
          "device: %s (expected: one of %s)"
              .formatted(device.name(), devices().stream().map(Device::name).toList()));
    }
    if (device.kind() != Device.Kind.CPU) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED, name() + " opens nothing on " + device.name());
    }
    return device;
  }

  @Override
  void close();
}
