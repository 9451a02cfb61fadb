package dev.synthorax.engine.onnxruntime;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.library.SharedLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * NVIDIA's libraries that the CUDA provider computes with, which the host has: looked for, loaded
 * and asked for their versions before ONNX Runtime asks the loader for them.
 *
 * @param cudnn such as {@code 9.19.0}
 * @param cublas such as {@code 13.2.1}
 */
record CudaLibraries(String cudnn, String cublas) {
  private static final String ADVICE =
      "install CUDA 13's runtime, cuBLAS and cuFFT, and cuDNN 9 (see docs/gpu.md)";

  /** {@code libraryPropertyType}: major, minor, patch. */
  private static final int PROPERTIES = 3;

  /**
   * Loads them all.
   *
   * @throws InferenceException {@code UNSUPPORTED} in one sentence that names the first that is
   *     missing or does not load
   */
  static CudaLibraries load() {
    return load(SharedLibraries.ofThisHost());
  }

  static CudaLibraries load(SharedLibraries host) {
    host.require("libcudart.so.13", ADVICE);
    host.require("libcublasLt.so.13", ADVICE);
    var cublas = host.require("libcublas.so.13", ADVICE);
    host.require("libcufft.so.12", ADVICE);
    var cudnn = host.require("libcudnn.so.9", ADVICE);
    return new CudaLibraries(cudnnVersion(cudnn.symbols()), cublasVersion(cublas.symbols()));
  }

  /** {@code size_t cudnnGetVersion(void)}: 91900 is 9.19.0. */
  private static String cudnnVersion(SymbolLookup symbols) {
    var function =
        function(symbols, "cudnnGetVersion", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    try {
      long number = (long) function.invokeExact();
      return "%d.%d.%d".formatted(number / 10_000, number / 100 % 100, number % 100);
    } catch (Throwable failure) { // what invokeExact declares; the function itself throws nothing
      throw new AssertionError("cudnnGetVersion", failure);
    }
  }

  /** {@code cublasStatus_t cublasGetProperty(libraryPropertyType, int *)}. */
  private static String cublasVersion(SymbolLookup symbols) {
    var function =
        function(
            symbols,
            "cublasGetProperty",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      var numbers = new StringBuilder();
      for (int property = 0; property < PROPERTIES; property++) {
        int _ = (int) function.invokeExact(property, value); // fails for no property there is
        numbers.append(property == 0 ? "" : ".").append(value.get(ValueLayout.JAVA_INT, 0));
      }
      return numbers.toString();
    } catch (Throwable failure) { // as above
      throw new AssertionError("cublasGetProperty", failure);
    }
  }

  @SuppressWarnings("restricted") // documented functions, with their documented signatures
  private static MethodHandle function(
      SymbolLookup symbols, String name, FunctionDescriptor signature) {
    return symbols
        .find(name)
        .map(address -> Linker.nativeLinker().downcallHandle(address, signature))
        .orElseThrow(
            () ->
                new InferenceException(
                    ErrorReason.UNSUPPORTED, name + " is missing in its library; " + ADVICE));
  }

  @Override
  public String toString() {
    return "cuDNN %s, cuBLAS %s".formatted(cudnn, cublas);
  }
}
