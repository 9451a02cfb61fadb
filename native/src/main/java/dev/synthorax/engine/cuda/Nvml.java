package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.synthorax.engine.cuda.CudaDriver.Figures;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's monitor of devices. It is no part of any computation: what it does not say is absent.
 *
 * <p><b>Ownership:</b> the library stays loaded until the process ends.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @see <a href="https://docs.nvidia.com/deploy/nvml-api/">NVML API Reference</a>
 */
final class Nvml {

  /** System property: path of a library to load in the place of the host's. */
  static final String PROPERTY = "dev.synthorax.nvml.library";

  private static final String NAME = "libnvidia-ml.so.1";
  private static final long TEXT_BYTES = 96;
  private static final int CHIP = 0; // NVML_TEMPERATURE_GPU

  private final SymbolLookup symbols;

  private Nvml(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /** Null where the library is missing or does not start. */
  @SuppressWarnings("restricted")
  static @Nullable Nvml open() {
    try {
      String name = System.getProperty(PROPERTY, NAME);
      Nvml nvml = new Nvml(SymbolLookup.libraryLookup(name, Arena.global()));
      return nvml.call("nvmlInit_v2") ? nvml : null;
    } catch (IllegalArgumentException missing) {
      return null;
    }
  }

  /**
   * What it says of one device.
   *
   * @param busId of the device on the PCI bus, as the driver writes it
   */
  Figures figures(String busId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(TEXT_BYTES);
      String driver =
          call("nvmlSystemGetDriverVersion", out, (int) TEXT_BYTES) ? out.getString(0) : null;
      MemorySegment id = arena.allocateFrom(busId);
      if (!call("nvmlDeviceGetHandleByPciBusId_v2", id, out)) {
        return new Figures(driver, null, null, null, null, null);
      }
      MemorySegment device = out.get(ADDRESS, 0);
      boolean memory = call("nvmlDeviceGetMemoryInfo", device, out); // total, free, used
      Long total = memory ? out.getAtIndex(JAVA_LONG, 0) : null;
      Long used = memory ? out.getAtIndex(JAVA_LONG, 2) : null;
      Double share =
          call("nvmlDeviceGetUtilizationRates", device, out) ? out.get(JAVA_INT, 0) / 100.0 : null;
      Integer celsius =
          call("nvmlDeviceGetTemperature", device, CHIP, out) ? out.get(JAVA_INT, 0) : null;
      Double watts =
          call("nvmlDeviceGetPowerUsage", device, out) ? out.get(JAVA_INT, 0) / 1000.0 : null;
      return new Figures(driver, used, total, share, celsius, watts);
    }
  }

  /** Whether a function is there and answers; its arguments are addresses and ints. */
  @SuppressWarnings("restricted")
  private boolean call(String function, Object... arguments) {
    MemorySegment symbol = symbols.find(function).orElse(null);
    if (symbol == null) {
      return false;
    }
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] = arguments[i] instanceof Integer ? JAVA_INT : ADDRESS;
    }
    MethodHandle handle =
        Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, layouts));
    try {
      return (int) handle.invokeWithArguments(arguments) == 0;
    } catch (Throwable failure) {
      throw new IllegalStateException(function + " cannot be called", failure);
    }
  }
}
