package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The driver's library: its functions by name, and what the library says of itself. Numbers and
 * addresses go in as longs, each cut to the width that its function takes.
 *
 * <p><b>Ownership:</b> the library stays loaded until the process ends.
 *
 * <p><b>Threading:</b> any thread.
 */
final class CudaLibrary {

  /** System property: path of a library to load in the place of the host's driver. */
  static final String PROPERTY = "dev.synthorax.cuda.library";

  private static final String NAME = "libcuda.so.1";
  private static final int OLDEST = 12_000;
  private static final String INSTALL =
      "install NVIDIA's driver 525 or newer; in a container, map the host's in";
  private static final long MESSAGE_BYTES = 256;

  private final Map<DriverCall, MethodHandle> functions;
  private final int version;

  private CudaLibrary(Map<DriverCall, MethodHandle> functions) {
    this.functions = functions;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      require(DriverCall.cuDriverGetVersion, call(DriverCall.cuDriverGetVersion, out.address()));
      version = out.get(JAVA_INT, 0);
    }
    if (version < OLDEST) {
      throw unsupported("is of CUDA " + version() + " (expected: 12.0 or newer; " + INSTALL + ")");
    }
    require(DriverCall.cuInit, call(DriverCall.cuInit, 0));
  }

  /**
   * Loads and starts the driver.
   *
   * @throws InferenceException {@code UNSUPPORTED} with one sentence if it is missing, too old,
   *     lacks a function, or does not start
   */
  @SuppressWarnings("restricted")
  static CudaLibrary open() {
    String name = System.getProperty(PROPERTY, NAME);
    SymbolLookup symbols;
    try {
      symbols = SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException failure) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "CUDA: " + NAME + " does not load (expected: a GPU's driver; " + INSTALL + ")",
          failure);
    }
    Map<DriverCall, MethodHandle> functions = new EnumMap<>(DriverCall.class);
    for (DriverCall call : DriverCall.values()) {
      functions.put(call, bind(symbols, call));
    }
    return new CudaLibrary(functions);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle bind(SymbolLookup symbols, DriverCall call) {
    MemorySegment symbol =
        symbols
            .find(call.name())
            .orElseThrow(
                () ->
                    unsupported(
                        "lacks " + call.name() + " (expected: a newer one; " + INSTALL + ")"));
    MethodHandle exact = Linker.nativeLinker().downcallHandle(symbol, call.descriptor());
    int count = exact.type().parameterCount();
    return MethodHandles.explicitCastArguments(
        exact, MethodType.methodType(int.class, Collections.nCopies(count, long.class)));
  }

  private static InferenceException unsupported(String message) {
    return new InferenceException(ErrorReason.UNSUPPORTED, "CUDA: the driver " + message);
  }

  /** Of the driver's interface, such as {@code 13.0}. */
  String version() {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private MethodHandle handle(DriverCall function) {
    return requireNonNull(functions.get(function), "function");
  }

  int call(DriverCall function, long first) {
    try {
      return (int) handle(function).invokeExact(first);
    } catch (Throwable failure) {
      throw unexpected(function, failure);
    }
  }

  int call(DriverCall function, long first, long second) {
    try {
      return (int) handle(function).invokeExact(first, second);
    } catch (Throwable failure) {
      throw unexpected(function, failure);
    }
  }

  int call(DriverCall function, long first, long second, long third) {
    try {
      return (int) handle(function).invokeExact(first, second, third);
    } catch (Throwable failure) {
      throw unexpected(function, failure);
    }
  }

  int call(DriverCall function, long first, long second, long third, long fourth) {
    try {
      return (int) handle(function).invokeExact(first, second, third, fourth);
    } catch (Throwable failure) {
      throw unexpected(function, failure);
    }
  }

  /** {@code cuLaunchKernel} without shared memory, blocks of one dim. */
  int launch(long kernel, int gridX, int gridY, int blockX, long stream, long parameters) {
    try {
      return (int)
          handle(DriverCall.cuLaunchKernel)
              .invokeExact(
                  kernel,
                  (long) gridX,
                  (long) gridY,
                  1L,
                  (long) blockX,
                  1L,
                  1L,
                  0L,
                  stream,
                  parameters,
                  0L);
    } catch (Throwable failure) {
      throw unexpected(DriverCall.cuLaunchKernel, failure);
    }
  }

  private static IllegalStateException unexpected(DriverCall function, Throwable failure) {
    return new IllegalStateException(function + " cannot be called", failure);
  }

  /** Name and number of a result, such as {@code CUDA_ERROR_OUT_OF_MEMORY (2)}. */
  @SuppressWarnings("restricted")
  String describe(int result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      call(DriverCall.cuGetErrorName, result, out.address());
      MemorySegment name = out.get(ADDRESS, 0);
      return name.address() == 0
          ? "CUDA error " + result
          : name.reinterpret(MESSAGE_BYTES).getString(0) + " (" + result + ")";
    }
  }

  /** Fails where the driver as a whole does not answer. */
  void require(DriverCall function, int result) {
    if (result == CudaResult.NO_DEVICE) {
      throw unsupported(
          "%s sees no device (expected: an NVIDIA GPU; see nvidia-smi and CUDA_VISIBLE_DEVICES)"
              .formatted(version()));
    }
    if (result != CudaResult.SUCCESS) {
      throw unsupported(
          "does not start: %s from %s (expected: a GPU that nvidia-smi lists; restart the host after an update of its driver)"
              .formatted(describe(result), function));
    }
  }

  /** What a function writes to the address that it takes first. */
  long read(DriverCall function, long... others) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      long address = out.address();
      require(
          function,
          switch (others.length) {
            case 0 -> call(function, address);
            case 1 -> call(function, address, others[0]);
            default -> call(function, address, others[0], others[1]);
          });
      return out.get(JAVA_LONG, 0);
    }
  }

  /** The text that a function writes about a device. */
  String text(DriverCall function, long ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(MESSAGE_BYTES);
      require(function, call(function, out.address(), MESSAGE_BYTES, ordinal));
      return out.getString(0);
    }
  }
}
