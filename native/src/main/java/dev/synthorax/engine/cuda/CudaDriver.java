package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceFence;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.RowOperations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CUDA's driver: NVIDIA devices, and what backends that compute on them share. A device's context
 * is taken when the device is first used.
 *
 * <p>What fails on a device is an {@link InferenceException}: {@code OUT_OF_MEMORY}; {@code
 * DEVICE_LOST} once the device answers nothing more to this process, from then on by every call;
 * {@code UNSUPPORTED} for what cannot be recorded; else {@code BACKEND_FAILURE}.
 *
 * <p><b>Ownership:</b> owns one reference to each device's primary context; all that it opened is
 * closed before it.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close()} once, when no other call is
 * under way.
 */
public final class CudaDriver implements AutoCloseable {
  private static final int CAPABILITY_MAJOR = 75; // CUdevice_attribute, as the one below
  private static final int CAPABILITY_MINOR = 76;

  private final NativeHandles.Handle handle;
  private final CudaLibrary library;
  private final List<Device> devices;
  private final @Nullable Nvml nvml; // null where it is missing

  @GuardedBy("used")
  private final Map<Device, CudaDevice> used = new HashMap<>(); // owned

  private CudaDriver(CudaLibrary library) {
    this.library = library;
    devices = listDevices(library);
    nvml = Nvml.open();
    handle = NativeHandles.register("cuda.Driver", version());
  }

  /**
   * Loads the driver.
   *
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} with one sentence if the driver is missing, too
   *     old or does not start, or there is no device
   */
  @MustBeClosed
  public static CudaDriver open() {
    return new CudaDriver(CudaLibrary.open());
  }

  private static List<Device> listDevices(CudaLibrary library) {
    int count = (int) library.read(DriverCall.cuDeviceGetCount);
    if (count == 0) {
      library.require(DriverCall.cuDeviceGetCount, CudaResult.NO_DEVICE);
    }
    List<Device> devices = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      long ordinal = library.read(DriverCall.cuDeviceGet, index);
      String description =
          "%s, sm_%d, %.1f GiB"
              .formatted(
                  library.text(DriverCall.cuDeviceGetName, ordinal),
                  capability(library, ordinal),
                  library.read(DriverCall.cuDeviceTotalMem_v2, ordinal) / (double) (1L << 30));
      devices.add(new Device(Device.Kind.GPU, index, description));
    }
    return List.copyOf(devices);
  }

  private static int capability(CudaLibrary library, long ordinal) {
    DriverCall attribute = DriverCall.cuDeviceGetAttribute;
    return (int)
        (library.read(attribute, CAPABILITY_MAJOR, ordinal) * 10
            + library.read(attribute, CAPABILITY_MINOR, ordinal));
  }

  /** Devices that this process sees, at least one. */
  public List<Device> devices() {
    return devices;
  }

  /** Version of CUDA that the driver was made for, such as {@code 13.0}. */
  public String version() {
    return library.version();
  }

  /** What kernels are compiled for: 90 for {@code sm_90}. */
  public int computeCapability(Device device) {
    return capability(library, use(device).context().ordinal());
  }

  /** Opens a stream; the caller closes it. */
  @MustBeClosed
  public DeviceStream openStream(Device device) {
    return CudaStream.open(use(device).context());
  }

  /** Opens a fence; the caller closes it. */
  @MustBeClosed
  public DeviceFence openFence(Device device) {
    return CudaFence.open(use(device).context());
  }

  /** Allocates memory that the device alone reaches; the caller closes it. */
  @MustBeClosed
  public DeviceMemory openMemory(Device device, long byteSize) {
    return DeviceAllocation.open(use(device).memory(), device, byteSize);
  }

  /**
   * Allocates host memory that the device's streams copy without a detour; the caller closes it.
   */
  @MustBeClosed
  public DeviceMemory openStaging(Device device, long byteSize) {
    return PinnedAllocation.open(use(device).pinned(), device, byteSize);
  }

  /**
   * Opens the work between networks; the caller closes it. The kernels are compiled at first, for
   * this kind of device, and kept below the user's cache folder.
   *
   * @throws InferenceException {@code UNSUPPORTED} if NVRTC is missing or does not know the device
   */
  @MustBeClosed
  public RowOperations openRowOperations(Device device) {
    requireKnown(device);
    return CudaRowOperations.open(this, device, CudaRowOperations.cacheFolder());
  }

  /** Bytes of a device that nobody uses. */
  public long freeBytes(Device device) {
    return use(device).memory().freeBytes();
  }

  /**
   * A stream as the driver counts, a {@code CUstream}.
   *
   * @throws IllegalArgumentException if it is none of CUDA's
   */
  public long handle(DeviceStream stream) {
    return CudaStream.of(stream, use(stream.device()).context()).handle();
  }

  /** Makes a device's primary context the calling thread's, for libraries that go by it. */
  public void makeCurrent(Device device) {
    use(device).context().makeCurrent();
  }

  /**
   * Records what a piece of code enqueues on a stream, without running it. The code must not wait
   * for a device, allocate on one, nor copy from or to memory that is neither a device's nor
   * staging.
   *
   * @param work runs on this thread before this returns; its failure is thrown on
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} if the code did what cannot be recorded; the
   *     stream is as it was, and the same code may be run without recording
   */
  @MustBeClosed
  public Graph capture(DeviceStream stream, Runnable work) {
    return CudaGraph.capture(CudaStream.of(stream, use(stream.device()).context()), work);
  }

  /**
   * Work that was recorded once and is enqueued as one.
   *
   * <p><b>Ownership:</b> borrows the buffers that the work uses; closed before them and before the
   * driver.
   *
   * <p><b>Threading:</b> one thread at a time.
   */
  public interface Graph extends AutoCloseable {
    /**
     * Enqueues the recorded work.
     *
     * @param stream of the same device
     */
    void launch(DeviceStream stream);

    /** Idempotent. */
    @Override
    void close();
  }

  /**
   * What the device's monitor says; null: the host's library does not tell.
   *
   * @param driverVersion such as {@code 580.65.06}
   * @param memoryUsedBytes by all processes
   * @param utilization share of the last second or so that kernels ran in, 0 to 1
   * @param temperatureCelsius of the chip
   * @param powerWatts of the board
   */
  public record Figures(
      @Nullable String driverVersion,
      @Nullable Long memoryUsedBytes,
      @Nullable Long memoryTotalBytes,
      @Nullable Double utilization,
      @Nullable Integer temperatureCelsius,
      @Nullable Double powerWatts) {
    static final Figures NONE = new Figures(null, null, null, null, null, null);
  }

  /** What the device's monitor says now; never fails. */
  public Figures figures(Device device) {
    requireKnown(device);
    if (nvml == null) {
      return Figures.NONE;
    }
    long ordinal = library.read(DriverCall.cuDeviceGet, device.index());
    return nvml.figures(library.text(DriverCall.cuDeviceGetPCIBusId, ordinal));
  }

  /** The device's context, for kernels. */
  CudaContext context(Device device) {
    return use(device).context();
  }

  @SuppressWarnings("MustBeClosedChecker") // closed by close
  private CudaDevice use(Device device) {
    handle.requireOpen();
    requireKnown(device);
    synchronized (used) {
      CudaDevice open = used.get(device);
      if (open == null) {
        open = CudaDevice.open(library, device);
        used.put(device, open);
      }
      return open;
    }
  }

  private void requireKnown(Device device) {
    if (!devices.contains(device)) {
      throw new IllegalArgumentException(
          "device: %s (expected: one of %s)"
              .formatted(device.name(), devices.stream().map(Device::name).toList()));
    }
  }

  @Override
  public void close() {
    if (handle.close()) {
      synchronized (used) {
        used.values().forEach(CudaDevice::close);
        used.clear();
      }
    }
  }
}
