package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * CUDA's compiler at run time. It makes code for one kind of device, which no driver has to
 * translate, and needs no driver itself.
 *
 * <p><b>Ownership:</b> the library stays loaded until the process ends.
 *
 * <p><b>Threading:</b> any thread; one compilation at a time.
 *
 * @see <a href="https://docs.nvidia.com/cuda/nvrtc/">NVRTC</a>
 */
final class Nvrtc implements KernelCompiler {
  private static final int SUCCESS = 0;
  private static final int INVALID_OPTION = 5;
  private static final long LONGEST_TEXT = 256;

  private final SymbolLookup symbols;
  private final String version;

  /** Binds a library that is loaded. */
  Nvrtc(SymbolLookup symbols) {
    this.symbols = symbols;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(JAVA_INT, 2);
      check("nvrtcVersion", numbers, numbers.asSlice(JAVA_INT.byteSize()));
      version = numbers.get(JAVA_INT, 0) + "." + numbers.getAtIndex(JAVA_INT, 1);
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public synchronized byte[] compile(String file, String source, List<String> options) {
    var headers = Kernel.headers();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = arena.allocate(ADDRESS);
      check(
          "nvrtcCreateProgram",
          program,
          arena.allocateFrom(source),
          arena.allocateFrom(file),
          headers.size(),
          strings(arena, headers.values()),
          strings(arena, headers.keySet()));
      try {
        compile(arena, program.get(ADDRESS, 0), file, options);
        return output(arena, program.get(ADDRESS, 0), "nvrtcGetCUBIN");
      } finally {
        check("nvrtcDestroyProgram", program);
      }
    }
  }

  private void compile(Arena arena, MemorySegment program, String file, List<String> options) {
    int result = call("nvrtcCompileProgram", program, options.size(), strings(arena, options));
    if (result == INVALID_OPTION) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "NVRTC %s does not know %s (expected: a version that knows this device; install the newest of CUDA 13)"
              .formatted(version, options.getFirst()));
    }
    if (result != SUCCESS) {
      String log = new String(output(arena, program, "nvrtcGetProgramLog"), StandardCharsets.UTF_8);
      throw new InferenceException(
          ErrorReason.BACKEND_FAILURE,
          "NVRTC %s: %s does not compile: %s".formatted(version, file, reason(log, result)));
    }
  }

  /** The first error of a log, or what the result is called. */
  private String reason(String log, int result) {
    return log.lines()
        .map(line -> line.replace('\0', ' ').strip())
        .filter(line -> line.contains("error"))
        .findFirst()
        .orElseGet(() -> describe(result));
  }

  private byte[] output(Arena arena, MemorySegment program, String function) {
    MemorySegment size = arena.allocate(JAVA_LONG);
    check(function + "Size", program, size);
    MemorySegment bytes = arena.allocate(size.get(JAVA_LONG, 0));
    check(function, program, bytes);
    return bytes.toArray(JAVA_BYTE);
  }

  private static MemorySegment strings(Arena arena, Collection<String> texts) {
    MemorySegment addresses = arena.allocate(ADDRESS, Math.max(1, texts.size()));
    long index = 0;
    for (String text : texts) {
      addresses.setAtIndex(ADDRESS, index++, arena.allocateFrom(text));
    }
    return addresses;
  }

  private void check(String function, Object... arguments) {
    int result = call(function, arguments);
    if (result != SUCCESS) {
      throw new InferenceException(
          ErrorReason.BACKEND_FAILURE, "NVRTC: " + describe(result) + " from " + function);
    }
  }

  @SuppressWarnings("restricted")
  private String describe(int result) {
    MemorySegment text = (MemorySegment) invoke("nvrtcGetErrorString", ADDRESS, result);
    return text.reinterpret(LONGEST_TEXT).getString(0);
  }

  private int call(String function, Object... arguments) {
    return (int) invoke(function, JAVA_INT, arguments);
  }

  @SuppressWarnings("restricted")
  private Object invoke(String function, MemoryLayout result, Object... arguments) {
    MemoryLayout[] layouts =
        Stream.of(arguments)
            .map(argument -> argument instanceof Integer ? JAVA_INT : ADDRESS)
            .toArray(MemoryLayout[]::new);
    MemorySegment symbol =
        symbols
            .find(function)
            .orElseThrow(
                () ->
                    new InferenceException(
                        ErrorReason.UNSUPPORTED,
                        "NVRTC lacks " + function + " (expected: that of CUDA 12 or 13)"));
    MethodHandle handle =
        Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(result, layouts));
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Error | RuntimeException failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError(function + " throws nothing", impossible);
    }
  }
}
